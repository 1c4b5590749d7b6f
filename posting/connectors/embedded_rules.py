"""What the embedded ledger refuses, and why.

Belongs here: the rules every entry obeys, as refusals in the terms of the port.
Does not: storing what is in order (embedded_store).
"""

import sqlite3
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.money import AmountError, to_minor
from posting.connectors.connector import ErrorClass, JournalDoc, Outcome, OutcomeKind
from posting.journal import Side


def refusal(connection: sqlite3.Connection, doc: JournalDoc) -> Outcome | None:
    """Return why an entry cannot be made, or nothing when it can."""
    entity = connection.execute(
        "select functional_currency from entities where entity = ?", [doc.entity]
    ).fetchone()
    if entity is None:
        return rejected(ErrorClass.UNKNOWN_ENTITY, f"Company {doc.entity} does not exist.")
    if entity["functional_currency"] != doc.functional_currency:
        return rejected(
            ErrorClass.CURRENCY,
            f"Company {doc.entity} keeps its books in {entity['functional_currency']}, "
            f"the entry states {doc.functional_currency}.",
        )
    return (
        _amount_refusal(doc)
        or account_refusal(
            connection, doc.entity, [(line.line_number, line.account) for line in doc.lines]
        )
        or period_refusal(connection, doc.entity, doc.posting_date)
    )


def account_refusal(
    connection: sqlite3.Connection, entity: str, accounts: Sequence[tuple[int, str]]
) -> Outcome | None:
    """Return which account does not exist or takes no entries, or nothing."""
    for line_number, account in accounts:
        row = connection.execute(
            "select is_active from accounts where entity = ? and account_code = ?",
            [entity, account],
        ).fetchone()
        if row is None:
            return rejected(
                ErrorClass.UNKNOWN_ACCOUNT,
                f"Account {account} does not exist in {entity}.",
                line_number,
            )
        if not row["is_active"]:
            return rejected(
                ErrorClass.INACTIVE_ACCOUNT,
                f"Account {account} of {entity} is inactive.",
                line_number,
            )
    return None


def period_refusal(
    connection: sqlite3.Connection, entity: str, posting_date: date
) -> Outcome | None:
    """Return that no open period takes the date, or nothing when one does."""
    period = connection.execute(
        "select accounting_period, is_open from periods "
        "where entity = ? and ? between start_date and end_date",
        [entity, posting_date.isoformat()],
    ).fetchone()
    if period is None:
        return rejected(
            ErrorClass.PERIOD_CLOSED, f"{entity} has no accounting period for {posting_date}."
        )
    if not period["is_open"]:
        return rejected(
            ErrorClass.PERIOD_CLOSED, f"Period {period['accounting_period']} of {entity} is closed."
        )
    return None


def rejected(error_class: ErrorClass, text: str, line_number: int | None = None) -> Outcome:
    """Return a refusal in the terms of the port."""
    return Outcome(
        kind=OutcomeKind.REJECTED, error_class=error_class, text=text, line_number=line_number
    )


def _amount_refusal(doc: JournalDoc) -> Outcome | None:
    """Refuse what is empty, negative, too fine for its currency, or does not balance."""
    if not doc.lines:
        return rejected(ErrorClass.OTHER, "The entry has no lines.")
    for currency, amounts in (
        (doc.currency, [(line, line.amount) for line in doc.lines]),
        (doc.functional_currency, [(line, line.functional_amount) for line in doc.lines]),
    ):
        totals = {Side.DEBIT: Decimal(0), Side.CREDIT: Decimal(0)}
        for line, amount in amounts:
            try:
                minor = to_minor(str(amount), currency)
            except AmountError as error:
                return rejected(ErrorClass.PRECISION, str(error), line.line_number)
            if minor < 0:
                return rejected(
                    ErrorClass.OTHER, f"{amount} {currency} is negative.", line.line_number
                )
            totals[line.side] += amount
        if totals[Side.DEBIT] != totals[Side.CREDIT]:
            return rejected(
                ErrorClass.UNBALANCED,
                f"The entry must balance: debit {totals[Side.DEBIT]}, "
                f"credit {totals[Side.CREDIT]} {currency}.",
            )
    return None
