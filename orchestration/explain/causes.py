"""What a subledger line should be: the pieces it is the sum of, in both currencies.

Belongs here: pieces and how they add up; pieces of what is recognised by days or by use.
Does not: pieces of documents (invoice_causes, settlement_causes), or what is sealed (journals).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import Input, Onward, Step, sum_step
from orchestration.explain.invoice_causes import invoice_pieces
from orchestration.explain.pieces import Piece, rate_input, share_step, step_onward, times_rate
from orchestration.explain.settlement_causes import concession_pieces, settlement_pieces

_T = TypeVar("_T")

_MATCHES = """
    select * from revenue.recognition_matches
    where contract_id = $1 and contract_line_id = $2 and entry_type = $3
        and accounting_period = $4 and document_type is null
    order by step_end_date, recognition_step_id, invoice_period, invoice_id, invoice_line_id
"""
_RULES = {
    "revenue": "what is recognised in the period is credited to revenue",
    "deferred_revenue": "what an earlier invoice billed is released from deferred revenue",
    "unbilled_receivable": "what no invoice has billed by its day is unbilled",
}
_WORKED_OUT = frozenset({None, "invoice", "credit", "payment"})
_REFERENCES = ("docs/decisions/0006-billing-meets-revenue-by-interval-overlap.md",)
_DOCUMENT_RULES = {
    "billing": "an invoice clears what was recognised before it, and defers the rest",
    "tax": "tax is taken from the document, never computed, and never touches revenue",
    "credit": "a credit takes its net off deferred revenue and relieves the receivable",
    "payment": "a payment relieves the receivable at the invoice's rate; more is the customer's",
    "recognition": "a concession takes back revenue of the days gone, and the rest by day",
}
_PAGES = {
    "billing": "docs/decisions/0006-billing-meets-revenue-by-interval-overlap.md",
    "tax": "docs/accounting/recipes.md#an-annual-invoice-in-advance",
    "credit": "docs/accounting/recipes.md#cancelled-the-rest-credited",
    "payment": "docs/accounting/recipes.md#a-payment-that-is-too-high",
    "recognition": "docs/accounting/recipes.md#a-concession",
}
_FOREIGN = "docs/accounting/recipes.md#a-foreign-currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """Why a subledger line should be what it is."""

    rule: str
    references: tuple[str, ...]
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    onward: tuple[Onward, ...]
    notes: tuple[str, ...]


def causes_of(books: Books, line: Row) -> Causes:
    """Return the pieces of a subledger line and their sum."""
    if line["document_type"] not in _WORKED_OUT:
        return Causes(
            rule="what the books hold of its document",
            references=(),
            inputs=(),
            steps=(),
            onward=(),
            notes=(
                f"How a line of a {line['document_type'].replace('_', ' ')} comes about is not"
                f" worked out: `tieout trace {line['document_id']}` shows where it comes from.",
            ),
        )
    if line["document_type"] is None:
        rows = books.ask_warehouse(
            _MATCHES,
            line["contract_id"],
            line["contract_line_id"],
            line["entry_type"],
            line["origin_period"],
        )
        pieces = _RECOGNITION[line["account_role"]](line, rows)
        rule, references = _RULES[line["account_role"]], _REFERENCES
    else:
        rule, references, pieces = _of_document(books, line)
    return Causes(
        rule=rule,
        references=references,
        inputs=tuple(_distinct(piece.inputs for piece in pieces)),
        steps=tuple(_steps(line, pieces)),
        onward=tuple(_distinct(piece.onward for piece in pieces)),
        notes=(),
    )


def _of_document(books: Books, line: Row) -> tuple[str, tuple[str, ...], list[Piece]]:
    """Return the rule, where it is written, and the pieces of a document's subledger line."""
    entry_type = line["entry_type"]
    if line["document_type"] == "invoice":
        pieces = invoice_pieces(books, line)
    elif entry_type == "recognition":
        pieces = concession_pieces(books, line)
    else:
        pieces = settlement_pieces(books, line)
    is_foreign = line["transaction_currency"] != line["functional_currency"]
    references = (_PAGES[entry_type], *((_FOREIGN,) if is_foreign else ()))
    return _DOCUMENT_RULES[entry_type], references, pieces


def _steps(line: Row, pieces: list[Piece]) -> list[Step]:
    """Return how the pieces come about, and their sum in both currencies."""
    currency, other = line["transaction_currency"], line["functional_currency"]
    steps = [
        *(step for piece in pieces for step in piece.steps),
        sum_step(
            "should", [(each.words, each.minor) for each in pieces], line["should_minor"], currency
        ),
    ]
    if other not in {None, currency}:
        steps += [step for piece in pieces for step in piece.functional_steps]
        steps.append(
            sum_step(
                "should in the books' currency",
                [(each.words, each.functional_minor) for each in pieces],
                line["should_functional_minor"],
                other,
            )
        )
    return steps


def _revenue(line: Row, rows: list[Row]) -> list[Piece]:
    """Return a piece for each step: released at the invoices' rates, the rest at its own."""
    pieces = []
    for step in _by_step(rows):
        if (step[0]["product_code"] or "") != line["dimension_product"]:
            continue
        released = [_released_piece(row) for row in step if row["is_billed_first"]]
        rest = _rest_piece(step)
        parts = [*released, rest]
        functional = [part.functional_minor for part in parts]
        minor = step[0]["step_minor"]
        pieces.append(
            Piece(
                words=_step_words(step[0]),
                minor=None if minor is None else -minor,
                functional_minor=None if None in functional else -sum(filter(None, functional)),
                functional_steps=tuple(each for part in parts for each in part.functional_steps),
                inputs=rest.inputs,
                onward=(step_onward(step[0]),),
            )
        )
    return pieces


def _deferred(line: Row, rows: list[Row]) -> list[Piece]:
    return [
        _released_piece(row)
        for row in rows
        if row["is_billed_first"] and row["released_account_code"] == line["account_code"]
    ]


def _unbilled(line: Row, rows: list[Row]) -> list[Piece]:
    return [
        piece
        for step in _by_step(rows)
        if step[0]["unbilled_account_code"] == line["account_code"]
        if (piece := _rest_piece(step)).minor != 0 or piece.functional_minor != 0
    ]


def _released_piece(row: Row) -> Piece:
    """Return what a step releases of an invoice line, at the invoice's rate."""
    words = f"{_step_words(row)}, billed by {row['invoice_id']}"
    return Piece(
        words=words,
        minor=row["amount_minor"],
        functional_minor=row["layer_functional_minor"],
        functional_steps=(layer_step(words, row),),
        onward=(
            step_onward(row),
            Onward(identifier=row["invoice_id"], words="the invoice it was billed with"),
        ),
    )


def _rest_piece(step: list[Row]) -> Piece:
    """Return what is left of a step beside earlier billing, at the rate of its last day."""
    first = step[0]
    released = [row for row in step if row["is_billed_first"]]
    words = f"{_step_words(first)}, not billed by its day"
    whole, whole_functional = first["step_minor"], first["step_functional_minor"]
    if whole is None:
        return Piece(words=words, minor=None, functional_minor=None, onward=(step_onward(first),))
    minor = whole - sum(row["amount_minor"] for row in released)
    parts = [row["matched_step_functional_minor"] for row in released]
    known = None not in {whole_functional, *parts}
    functional = 0 if minor == 0 else whole_functional - sum(parts) if known else None
    steps: tuple[Step, ...] = ()
    if minor:
        currency = first["functional_currency"]
        steps = (
            times_rate(
                f"{_step_words(first)} at its rate", first, whole, "step_rate", whole_functional
            ),
            *(
                share_step(
                    f"of it billed before by {row['invoice_id']}",
                    (whole_functional, currency),
                    (row["step_from"], row["step_to"], whole, row["currency"]),
                    row["matched_step_functional_minor"],
                )
                for row in released
            ),
            sum_step(
                words,
                [("the step", whole_functional), *(("billed before", _minus(p)) for p in parts)],
                functional,
                currency,
            ),
        )
    return Piece(
        words=words,
        minor=minor,
        functional_minor=functional,
        functional_steps=steps,
        inputs=rate_input(first, "step_rate", "step_rate_id") if minor else (),
        onward=(step_onward(first),),
    )


def layer_step(words: str, row: Row) -> Step:
    """Return what a part of an invoice line is worth at the invoice's rate."""
    return share_step(
        f"{words}, at its rate",
        (row["functional_net_minor"], row["functional_currency"]),
        (row["layer_fine_from"], row["layer_fine_to"], row["net_minor"], row["currency"]),
        row["layer_functional_minor"],
        fine=True,
    )


def _by_step(rows: list[Row]) -> list[list[Row]]:
    steps: dict[str, list[Row]] = {}
    for row in rows:
        steps.setdefault(row["recognition_step_id"], []).append(row)
    return list(steps.values())


def _step_words(row: Row) -> str:
    if row["step_kind"] in {"drawn", "expired"}:
        return f"prepaid credit {row['cause_key'].replace('|drawn|', ', drawn by ')}"
    if row["step_kind"] == "usage":
        return f"usage charge {row['cause_key']}"
    if row["step_kind"] == "termination":
        return f"rest of {row['cause_key']} when the contract ended"
    return f"{row['cause_key']} through {row['step_end_date']}"


def _minus(minor: int | None) -> int | None:
    return None if minor is None else -minor


def _distinct(groups: Iterable[Iterable[_T]]) -> list[_T]:
    return list(dict.fromkeys(item for group in groups for item in group))


_RECOGNITION: dict[str, Callable[[Row, list[Row]], list[Piece]]] = {
    "revenue": _revenue,
    "deferred_revenue": _deferred,
    "unbilled_receivable": _unbilled,
}
