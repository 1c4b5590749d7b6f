"""What the subledger lines of an invoice should be.

Belongs here: their pieces, by entry type and account role.
Does not: adding pieces up (causes), or the invoice as a whole (documents).
"""

from collections.abc import Callable

from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import (
    Onward,
    Step,
    money,
    money_step,
    number,
)
from orchestration.explain.pieces import (
    Piece,
    negated,
    rate_input,
    share_step,
    step_onward,
    times_rate,
    without_amount,
)

_BILLED = "select * from revenue.billed_lines where invoice_id = $1 and invoice_line_id = $2"
_CLEARED = """
    select * from revenue.recognition_matches
    where invoice_id = $1 and invoice_line_id = $2 and not is_billed_first
    order by step_end_date, recognition_step_id
"""


def invoice_pieces(books: Books, line: Row) -> list[Piece]:
    """Return the pieces of one subledger line of an invoice."""
    key = (line["document_id"], line["document_line_id"])
    pieces = []
    for row in books.ask_warehouse(_BILLED, *key):
        net, tax = _net(row), _tax(row)
        if line["entry_type"] == "tax":
            pieces.append(tax if line["account_role"] == "accounts_receivable" else negated(tax))
            continue
        if line["account_role"] == "accounts_receivable":
            pieces.append(net)
            continue
        cleared = books.ask_warehouse(_CLEARED, *key)
        pieces += _INVOICE_ROLES[line["account_role"]](line, net, cleared)
    return pieces


def _net(row: Row) -> Piece:
    return Piece(
        words=f"net of {row['invoice_line_id']}",
        minor=row["net_minor"],
        functional_minor=row["functional_net_minor"],
        functional_steps=(_cumulative("net", row, 0, row["net_minor"]),),
        inputs=rate_input(row, "rate", "rate_id"),
        onward=(Onward(identifier=row["invoice_id"], words="the invoice"),),
    )


def _tax(row: Row) -> Piece:
    return Piece(
        words=f"tax of {row['invoice_line_id']}",
        minor=row["tax_minor"],
        functional_minor=row["functional_tax_minor"],
        functional_steps=(_cumulative("tax", row, row["net_minor"], row["tax_minor"]),),
        inputs=rate_input(row, "rate", "rate_id"),
        onward=(Onward(identifier=row["invoice_id"], words="the invoice"),),
    )


def _cumulative(part: str, row: Row, before: int | None, minor: int | None) -> Step:
    """Return net or tax of an invoice line at its rate, from the running total of the invoice."""
    currency, other = row["currency"], row["functional_currency"]
    start = None if None in {row["position_minor"], before} else row["position_minor"] + before
    stop = None if None in {start, minor} else start + minor
    rate = ("rate", number(row["rate"]))
    template, operands = "round({} x {})", [("invoice up to it", money(stop, currency)), rate]
    if start != 0:
        template += " - round({} x {})"
        operands += [("invoice before it", money(start, currency)), rate]
    return money_step(
        f"{part} at the invoice's rate", template, operands, row[f"functional_{part}_minor"], other
    )


def _deferred(_line: Row, net: Piece, cleared: list[Row]) -> list[Piece]:
    return [negated(net), *(_cleared_at_layer(row) for row in cleared)]


def _unbilled(line: Row, _net: Piece, cleared: list[Row]) -> list[Piece]:
    return [
        negated(_cleared_at_step(row))
        for row in cleared
        if row["cleared_account_code"] == line["account_code"]
    ]


def _fx_of_invoice(_line: Row, _net: Piece, cleared: list[Row]) -> list[Piece]:
    """Return what clearing leaves over: carried at the steps' rates, billed at the invoice's."""
    return [
        *(without_amount(_cleared_at_step(row)) for row in cleared),
        *(without_amount(negated(_cleared_at_layer(row))) for row in cleared),
    ]


def _cleared_at_layer(row: Row) -> Piece:
    words = f"recognised before, {_cause(row)}"
    return Piece(
        words=words,
        minor=row["amount_minor"],
        functional_minor=row["layer_functional_minor"],
        functional_steps=(
            share_step(
                f"{words}, at the invoice's rate",
                (row["functional_net_minor"], row["functional_currency"]),
                (row["layer_fine_from"], row["layer_fine_to"], row["net_minor"], row["currency"]),
                row["layer_functional_minor"],
                fine=True,
            ),
        ),
        onward=(step_onward(row),),
    )


def _cleared_at_step(row: Row) -> Piece:
    words = f"unbilled of {_cause(row)}"
    whole = row["step_functional_minor"]
    return Piece(
        words=words,
        minor=row["amount_minor"],
        functional_minor=row["matched_step_functional_minor"],
        functional_steps=(
            times_rate(f"{_cause(row)} at its rate", row, row["step_minor"], "step_rate", whole),
            share_step(
                f"{words} as carried",
                (whole, row["functional_currency"]),
                (row["step_from"], row["step_to"], row["step_minor"], row["currency"]),
                row["matched_step_functional_minor"],
            ),
        ),
        inputs=rate_input(row, "step_rate", "step_rate_id"),
        onward=(step_onward(row),),
    )


def _cause(row: Row) -> str:
    return f"{row['cause_key']} through {row['step_end_date']}"


_INVOICE_ROLES: dict[str, Callable[[Row, Piece, list[Row]], list[Piece]]] = {
    "deferred_revenue": _deferred,
    "unbilled_receivable": _unbilled,
    "fx_gain_loss": _fx_of_invoice,
}
