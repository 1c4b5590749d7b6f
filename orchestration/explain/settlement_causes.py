"""What the subledger lines of a credit or a payment should be.

Belongs here: their pieces, by entry type and account role.
Does not: adding pieces up (causes), or the document as a whole (documents).
"""

from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import (
    Onward,
    Step,
    money,
    money_step,
    number,
    sum_step,
)
from orchestration.explain.pieces import (
    Piece,
    negated,
    rate_input,
    settled_step,
    share_step,
    times_rate,
    without_amount,
)

_SETTLED = """
    select * from revenue.settled_amounts
    where document_type = $1 and document_id = $2 and document_line_id = $3
        and settlement_part = $4
"""
_CONCEDED = """
    select steps.*, billed.functional_currency
    from revenue.concession_steps as steps
    inner join revenue.settled_amounts as settled
        on steps.credit_id = settled.document_id
        and steps.credit_line_id = settled.document_line_id
        and steps.document_type = settled.document_type
        and settled.document_type = 'credit' and settled.settlement_part = 'net'
    inner join revenue.billed_lines as billed
        on settled.invoice_id = billed.invoice_id
        and settled.invoice_line_id = billed.invoice_line_id
    where steps.credit_id = $1 and steps.credit_line_id = $2 and steps.accounting_period = $3
"""


def settlement_pieces(books: Books, line: Row) -> list[Piece]:
    """Return the pieces of one subledger line of a credit or a payment."""
    part = {"credit": "net", "tax": "tax"}.get(line["entry_type"], "payment")
    rows = books.ask_warehouse(
        _SETTLED, line["document_type"], line["document_id"], line["document_line_id"], part
    )
    return [piece for row in rows for piece in _settling(line, row)]


def _settling(line: Row, row: Row) -> list[Piece]:
    role = line["account_role"]
    relieved = Piece(
        words=f"settled of {row['invoice_id']}",
        minor=row["receivable_minor"],
        functional_minor=row["functional_receivable_minor"],
        functional_steps=(_relieved_step(row),),
        steps=(settled_step(f"settled of {row['invoice_id']}", row),),
        onward=(Onward(identifier=row["invoice_id"], words="the invoice it settles"),),
    )
    kept = Piece(
        words="the customer's credit",
        minor=row["customer_credit_minor"],
        functional_minor=row["functional_customer_credit_minor"],
        functional_steps=(
            times_rate(
                "the customer's credit at the rate of the day",
                row,
                row["customer_credit_minor"],
                "rate",
                row["functional_customer_credit_minor"],
            ),
        ),
        steps=(settled_step(f"settled of {row['invoice_id']}", row),),
        inputs=rate_input(row, "rate", "rate_id"),
    )
    amount = Piece(
        words=f"{row['settlement_part']} of {row['document_line_id']}",
        minor=row["amount_minor"],
        functional_minor=row["functional_amount_minor"],
        functional_steps=(_amount_step(row),),
        inputs=rate_input(row, "rate", "rate_id") if row["line_minor"] is None else (),
        onward=(Onward(identifier=row["document_id"], words=f"the {row['document_type']}"),),
    )
    if role == "accounts_receivable":
        return [negated(relieved)]
    if role == "customer_credit":
        return [negated(kept)]
    if role == "fx_gain_loss":
        return [without_amount(each) for each in (relieved, kept, negated(amount))]
    return [amount]


def _relieved_step(row: Row) -> Step:
    name = f"settled of {row['invoice_id']} at its rate"
    if row["receivable_from"] == row["receivable_to"]:
        stored, currency = row["functional_receivable_minor"], row["functional_currency"]
        return sum_step(name, [], stored, currency)
    return share_step(
        name,
        (row["functional_total_minor"], row["functional_currency"]),
        (row["receivable_from"], row["receivable_to"], row["total_minor"], row["currency"]),
        row["functional_receivable_minor"],
    )


def _amount_step(row: Row) -> Step:
    """Return the functional amount: at the rate of a credit's invoice line, or of the day."""
    stored = row["functional_amount_minor"]
    if not row["line_minor"] or row["line_minor"] < 0:
        name = "amount at the rate of the day"
        return times_rate(name, row, row["amount_minor"], "rate", stored)
    stop, amount = row["credited_to_minor"], row["amount_minor"]
    start = stop - amount
    if row["settlement_part"] == "net":  # credits of a line take from its top
        start, stop = row["line_minor"] - stop, row["line_minor"] - start
    return share_step(
        "amount at the rate of the invoice line",
        (row["line_functional_minor"], row["functional_currency"]),
        (start, stop, row["line_minor"], row["currency"]),
        stored,
    )


def concession_pieces(books: Books, line: Row) -> list[Piece]:
    """Return what a concession takes back of a period's revenue."""
    rows = books.ask_warehouse(
        _CONCEDED, line["document_id"], line["document_line_id"], line["origin_period"]
    )
    pieces = []
    for row in rows:
        piece = Piece(
            words=f"taken back of {row['credit_line_id']} in {row['accounting_period']}",
            minor=row["amount_minor"],
            functional_minor=row["functional_minor"],
            steps=_conceded_steps(row),
            functional_steps=(
                share_step(
                    "taken back at the rate of the invoice line",
                    (row["functional_net_minor"], row["functional_currency"]),
                    (
                        row["conceded_from_minor"],
                        row["conceded_to_minor"],
                        row["net_minor"],
                        row["currency"],
                    ),
                    row["functional_minor"],
                ),
            ),
            onward=(Onward(identifier=row["credit_id"], words="the credit"),),
        )
        pieces.append(piece if line["account_role"] == "revenue" else negated(piece))
    return pieces


def _conceded_steps(row: Row) -> tuple[Step, ...]:
    currency = row["currency"]
    by_days = [
        ("net of the credit line", money(row["net_minor"], currency)),
        ("days through the end", number(row["days_through"])),
        ("days of the service", number(row["total_days"])),
    ]
    is_whole = row["is_forfeited"] or not row["total_days"] or row["total_days"] < 0
    template = "{}" if is_whole else "round({} x {} / {})"
    return (
        money_step(
            "taken back up to the end of the period",
            template,
            by_days[:1] if is_whole else by_days,
            row["conceded_to_minor"],
            currency,
        ),
        money_step(
            "taken back in the period",
            "{} - {}",
            [
                ("up to its end", money(row["conceded_to_minor"], currency)),
                ("before it", money(row["conceded_from_minor"], currency)),
            ],
            row["amount_minor"],
            currency,
        ),
    )
