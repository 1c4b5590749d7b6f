"""Sealed documents in the terms of the port.

Belongs here: minor units to major units, descriptions, totals per account.
Does not: how one ERP spells a document (each connector renders its own).
"""

from collections.abc import Sequence
from decimal import Decimal

from core.money import to_decimal
from posting.connectors.connector import SOURCE, AccountTotals, JournalDoc, JournalDocLine
from posting.journal import JournalDocument, Side


def journal_doc(document: JournalDocument) -> JournalDoc:
    """Express a sealed document in the terms of the port."""
    lines = tuple(
        JournalDocLine(
            line_number=line.line_number,
            side=line.side,
            account=line.account_code,
            amount=to_decimal(line.amount_minor, document.currency),
            functional_amount=to_decimal(
                line.functional_amount_minor, document.functional_currency
            ),
            dimensions={"product": line.dimension_product} if line.dimension_product else {},
        )
        for line in document.lines
    )
    return JournalDoc(
        key=document.document_key,
        identity=document.document_identity,
        entity=document.legal_entity_code,
        ledger=document.book,
        currency=document.currency,
        functional_currency=document.functional_currency,
        posting_date=document.posting_date,
        period=document.accounting_period,
        source=SOURCE,
        description=" ".join(
            part for part in ("Tieout", document.entry_type, document.source_document) if part
        ),
        lines=lines,
        control_totals=(
            to_decimal(document.total_minor, document.currency),
            to_decimal(document.functional_total_minor, document.functional_currency),
        ),
        content_sha256=document.content_hash(),
    )


def totals_by_account(lines: Sequence[JournalDocLine]) -> AccountTotals:
    """Return debit minus credit per account and product, in both currencies; zeros are dropped."""
    totals: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for line in lines:
        sign = 1 if line.side is Side.DEBIT else -1
        name = (line.account, line.dimensions.get("product", ""))
        amount, functional = totals.get(name, (Decimal(0), Decimal(0)))
        totals[name] = (amount + sign * line.amount, functional + sign * line.functional_amount)
    return {name: total for name, total in totals.items() if total != (Decimal(0), Decimal(0))}
