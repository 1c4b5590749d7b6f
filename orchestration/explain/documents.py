"""Why an invoice, a credit or a payment has its amount, and what it settled or was settled by.

Belongs here: lines plus tax, the amount in the books, what is still open.
Does not: the subledger lines of a document (journals).
"""

from core.money import format_amount
from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import (
    Explanation,
    Input,
    Onward,
    Step,
    money,
    money_step,
    sum_step,
)
from orchestration.explain.pieces import rate_input, settled_step, times_rate

_DOCUMENT = """
    select document_date, currency, abs(left_minor) as claim_minor, hold_code,
        not_yet_due_minor
    from reconciliation.tie_out_invoices_to_subledger
    where document_type = $1 and document_id = $2
"""
_BILLED = "select * from revenue.billed_lines where invoice_id = $1 order by invoice_line_id"
_SETTLED_BY = """
    select * from revenue.settled_amounts where invoice_id = $1
    order by document_date, document_type, document_id, document_line_id, settlement_part
"""
_SETTLED = """
    select * from revenue.settled_amounts where document_type = $1 and document_id = $2
    order by document_line_id, settlement_part
"""
_OPEN = """
    select cast(sum(should_minor) as bigint) as open_minor
    from journals.subledger_differences
    where account_role = 'accounts_receivable'
        and document_type || ':' || document_id in (select unnest($1))
"""
_LINES = """
    select subledger_line_key, entry_type, account_role
    from journals.subledger_differences
    where document_type = $1 and document_id = $2
    order by document_line_id, entry_type, account_role, origin_period, subledger_line_key
"""
_REFERENCES = {
    "invoice": ("docs/accounting/recipes.md#an-annual-invoice-in-advance",),
    "credit": ("docs/accounting/recipes.md#cancelled-the-rest-credited",),
    "payment": ("docs/accounting/recipes.md#a-payment-that-is-too-high",),
}
_RULES = {
    "invoice": (
        "net and tax of its lines; credits and payments settle it in the order of their dates,"
        " up to its total"
    ),
    "credit": "net and tax of its lines; what the invoice has open no more is the customer's",
    "payment": "what the invoice has open is settled; what is above belongs to the customer",
}


def explain_document(books: Books, document_type: str, document_id: str) -> Explanation:
    """Explain an invoice, a credit or a payment."""
    (document,) = books.ask(_DOCUMENT, document_type, document_id)
    currency = document["currency"]
    if document_type == "invoice":
        inputs, steps, related = _invoice(books, document_id, document)
    else:
        inputs, steps, related = _settlement(books, document_type, document_id, document)
    notes = []
    if document["hold_code"]:
        notes.append(f"Held: {document['hold_code']}; `tieout exceptions` says what to do.")
    if document["not_yet_due_minor"]:
        notes.append("Dated after the last complete day: it is booked from its day on.")
    return Explanation(
        kind=document_type,
        key=document_id,
        title=(
            f"{document_type} {document_id}:"
            f" {format_amount(document['claim_minor'], currency)}, {document['document_date']}"
        ),
        rule=_RULES[document_type],
        references=_REFERENCES[document_type],
        inputs=inputs,
        steps=steps,
        notes=tuple(notes),
        onward=(
            *related,
            *(
                Onward(
                    identifier=line["subledger_line_key"][:8],
                    words=f"{line['entry_type']}, {line['account_role'].replace('_', ' ')}",
                )
                for line in books.ask(_LINES, document_type, document_id)
            ),
        ),
    )


_Said = tuple[tuple[Input, ...], tuple[Step, ...], tuple[Onward, ...]]


def _invoice(books: Books, invoice_id: str, document: Row) -> _Said:
    lines = books.ask_warehouse(_BILLED, invoice_id)
    settled = books.ask_warehouse(_SETTLED_BY, invoice_id)
    if not lines:
        return (), (), ()
    currency = document["currency"]
    inputs = [
        *(
            Input(
                name=f"line {line['invoice_line_id']}",
                value=f"{money(line['net_minor'], currency)} net,"
                f" {money(line['tax_minor'], currency)} tax {line['tax_code'] or ''}".rstrip(),
                source=books.event(line["event_key"]),
            )
            for line in lines
        ),
        *rate_input(lines[0], "rate", "rate_id"),
    ]
    parts = [
        (f"{part} of {line['invoice_line_id']}", line[f"{part}_minor"])
        for line in lines
        for part in ("net", "tax")
    ]
    known = [minor for _, minor in parts]
    total = None if None in known else sum(filter(None, known))
    steps = [
        sum_step("total", parts, document["claim_minor"], currency),
        *_in_the_books(lines, total),
        *(settled_step(f"settled by {row['document_id']} ({_part(row)})", row) for row in settled),
        _open_step(books, invoice_id, total, settled, currency),
    ]
    contracts = dict.fromkeys(line["contract_id"] for line in lines)
    documents = dict.fromkeys((row["document_type"], row["document_id"]) for row in settled)
    related = [
        *(Onward(identifier=key, words=f"{kind} that settles it") for kind, key in documents),
        *(Onward(identifier=key, words="its contract") for key in contracts if key),
    ]
    return tuple(inputs), tuple(steps), tuple(related)


def _in_the_books(lines: list[Row], total: int | None) -> list[Step]:
    """Return the total in the books' currency, where it is another one."""
    first = lines[0]
    if first["functional_currency"] in {None, first["currency"]}:
        return []
    parts = [line[f"functional_{part}_minor"] for line in lines for part in ("net", "tax")]
    stored = None if None in parts else sum(parts)
    return [times_rate("total in the books' currency", first, total, "rate", stored)]


def _open_step(
    books: Books, invoice_id: str, total: int | None, settled: list[Row], currency: str
) -> Step:
    """Return what is left of the receivable, against what the subledger lines hold of it."""
    keys = [f"invoice:{invoice_id}"]
    keys += [f"{row['document_type']}:{row['document_id']}" for row in settled]
    (row,) = books.ask(_OPEN, keys)
    parts = [("its lines", total)]
    parts += [(each["document_id"], -each["receivable_minor"]) for each in settled]
    return sum_step("receivable still open", parts, row["open_minor"], currency)


def _settlement(books: Books, document_type: str, document_id: str, document: Row) -> _Said:
    rows = books.ask_warehouse(_SETTLED, document_type, document_id)
    currency = document["currency"]
    inputs = [
        Input(
            name=f"{row['settlement_part']} of {row['document_line_id']}",
            value=f"{money(row['amount_minor'], currency)} {currency}",
            source=books.event(row["event_key"]),
        )
        for row in rows
    ]
    parts = [(f"{_part(row)} of {row['document_line_id']}", row["amount_minor"]) for row in rows]
    steps = [sum_step("amount", parts, document["claim_minor"], currency)] if rows else []
    for row in rows:
        steps += [
            settled_step(f"settled of {row['invoice_id']} ({_part(row)})", row),
            money_step(
                f"the customer's credit ({_part(row)})",
                "{} - {}",
                [
                    ("amount", money(row["amount_minor"], currency)),
                    ("settled", money(row["receivable_minor"], currency)),
                ],
                row["customer_credit_minor"],
                currency,
            ),
        ]
    invoices = dict.fromkeys(row["invoice_id"] for row in rows)
    related = [Onward(identifier=key, words="the invoice it settles") for key in invoices if key]
    return tuple(inputs), tuple(steps), tuple(related)


def _part(row: Row) -> str:
    return str(row["settlement_part"])
