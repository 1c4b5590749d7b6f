"""Why a subledger line, a journal line, a journal document or an ERP document has its amount.

Belongs here: what each is the sum of, and should minus sealed.
Does not: what a subledger line should be and why (causes).
"""

from core.money import format_amount
from orchestration.explain.books import Books, Row
from orchestration.explain.causes import causes_of
from orchestration.explain.explanation import Explanation, Input, Onward, Step, sum_step

_LINE = "select * from journals.subledger_differences where subledger_line_key = $1"
_SEALED = """
    select batch_number, document_key, journal_line_key, amount_minor, functional_amount_minor
    from journals.journal_line_sources
    where subledger_line_key = $1 and not is_voided
    order by batch_number, line_number
"""
_JOURNAL_LINE = "select * from journals.journal_lines where journal_line_key = $1"
_SOURCES = """
    select subledger_line_key, contract_id, document_id, contract_line_id, origin_period,
        account_role, amount_minor, functional_amount_minor
    from journals.journal_line_sources
    where journal_line_key = $1
    order by subledger_line_key, batch_number
"""
_DOCUMENT = "select * from journals.journal_entries where document_key = $1"
_DOCUMENT_LINES = (
    "select * from journals.journal_lines where document_key = $1 order by line_number"
)
_ERP_DOCUMENT = """
    select document_key from journals.journal_entries
    where erp_code || ':' || erp_document_id = $1
    order by document_key
"""
_SHORT_KEY = 8
_REFERENCES = (
    "docs/decisions/0001-posting-is-a-difference.md",
    "docs/architecture.md: should minus sealed, per line key",
)


def explain_subledger_line(books: Books, line_key: str) -> Explanation:
    """Explain what a subledger line should be, what of it is sealed, and what is left to post."""
    (line,) = books.ask(_LINE, line_key)
    sealed = books.ask(_SEALED, line_key)
    causes = causes_of(books, line)
    documents = {row["document_key"]: row for row in sealed if row["document_key"]}
    held = f", held: {line['hold_code']}" if line["hold_code"] else ""
    return Explanation(
        kind="subledger_line",
        key=line_key,
        title=(
            f"subledger line {line_key[:_SHORT_KEY]}: {_plain(line['entry_type'])} for"
            f" {line['origin_period']}, {_plain(line['account_role'])}"
            f" {line['account_code'] or 'without account'},"
            f" {_signed(line['should_minor'], line['transaction_currency'])}{held}"
        ),
        rule=f"{causes.rule}; debits are positive, credits negative; posted is should minus sealed",
        references=(*causes.references, *_REFERENCES),
        inputs=causes.inputs,
        steps=(*causes.steps, *_difference_steps(line, sealed)),
        notes=causes.notes,
        onward=(
            *causes.onward,
            *(
                Onward(
                    identifier=row["journal_line_key"] or key,
                    words=f"the posting it was sealed in, batch {row['batch_number']}",
                )
                for key, row in documents.items()
            ),
        ),
    )


def explain_journal_line(books: Books, line_key: str) -> Explanation:
    """Explain a debit or credit of a sealed document by the subledger lines in it."""
    (line,) = books.ask(_JOURNAL_LINE, line_key)
    sources = books.ask(_SOURCES, line_key)
    return Explanation(
        kind="journal_line",
        key=line_key,
        title=(
            f"journal line {line_key}: {line['side']}"
            f" {format_amount(line['amount_minor'], line['currency'])}"
            f" on account {line['account_code']}"
        ),
        rule="the sum of what was sealed of its subledger lines; debits positive, credits negative",
        references=_REFERENCES,
        steps=tuple(
            _both(
                "amount",
                line,
                [(_source_words(row), row) for row in sources],
                ("amount_minor", "functional_amount_minor"),
                (line["signed_minor"], line["signed_functional_minor"]),
            )
        ),
        onward=(
            *(
                Onward(identifier=row["subledger_line_key"][:_SHORT_KEY], words=_source_words(row))
                for row in sources
            ),
            Onward(identifier=line["document_key"], words="its document"),
        ),
    )


def explain_document(books: Books, document_key: str) -> Explanation:
    """Explain the total of a sealed document: its debits, and its credits the same."""
    (document,) = books.ask(_DOCUMENT, document_key)
    lines = books.ask(_DOCUMENT_LINES, document_key)
    named = {
        side: [(f"line {row['line_number']}", row) for row in lines if row["side"] == side]
        for side in ("debit", "credit")
    }
    steps = [
        step
        for side, rows in named.items()
        for step in _both(
            f"total of {side}s",
            document,
            rows,
            ("amount_minor", "functional_amount_minor"),
            (document["total_minor"], document["functional_total_minor"]),
        )
    ]
    return Explanation(
        kind="document",
        key=document_key,
        title=(
            f"document {document_key} ({document['erp_number'] or 'no ERP number'}):"
            f" {_plain(document['entry_type'])},"
            f" {format_amount(document['total_minor'], document['currency'])},"
            f" {_plain(document['delivery_status'])}"
        ),
        rule="the debits of a document are its total, and its credits are the same",
        references=_REFERENCES,
        inputs=(
            Input(
                name="document identity",
                value=document["document_identity"],
                source=f"batch {document['batch_number']}, revision {document['revision']}",
            ),
        ),
        steps=tuple(steps),
        onward=tuple(
            Onward(
                identifier=row["journal_line_key"],
                words=f"{row['side']} {format_amount(row['amount_minor'], row['currency'])}"
                f" on account {row['account_code']}",
            )
            for row in lines
        ),
    )


def explain_erp_document(books: Books, key: str) -> list[Explanation]:
    """Explain what the ERP was told: the sealed documents behind one of its documents."""
    return [explain_document(books, row["document_key"]) for row in books.ask(_ERP_DOCUMENT, key)]


def _difference_steps(line: Row, sealed: list[Row]) -> list[Step]:
    """Return should minus sealed, as the last run found it and as it is after its sealing."""
    steps = _difference(line, sealed, "transaction_currency", "", "amount_minor")
    if line["functional_currency"] in {None, line["transaction_currency"]}:
        return steps
    return [
        *steps,
        *_difference(line, sealed, "functional_currency", "functional_", "functional_amount_minor"),
    ]


def _difference(line: Row, sealed: list[Row], currency: str, part: str, amount: str) -> list[Step]:
    code = line[currency]
    suffix = " in the books' currency" if part else ""
    should, before = line[f"should_{part}minor"], line[f"sealed_{part}minor"]
    told = [(f"batch {row['batch_number']}", row[amount]) for row in sealed]
    done = sum(minor for _, minor in told)
    return [
        sum_step(
            f"difference found by the last run{suffix}",
            [("should", should), ("sealed before it", -before)],
            line[f"difference_{part}minor"],
            code,
        ),
        sum_step(f"sealed by now{suffix}", told, done, code),
        sum_step(
            f"left to post{suffix}",
            [("should", should), ("sealed by now", -done)],
            None if should is None else should - done,
            code,
        ),
    ]


def _both(
    name: str,
    row: Row,
    parts: list[tuple[str, Row]],
    columns: tuple[str, str],
    stored: tuple[int, int],
) -> list[Step]:
    """Return a sum in the transaction's currency, and in the books' one where it is another."""
    amount, functional = columns
    currency, other = row["currency"], row["functional_currency"]
    steps = [sum_step(name, [(what, part[amount]) for what, part in parts], stored[0], currency)]
    if other != currency:
        steps.append(
            sum_step(
                f"{name} in the books' currency",
                [(what, part[functional]) for what, part in parts],
                stored[1],
                other,
            )
        )
    return steps


def _source_words(row: Row) -> str:
    subject = row["document_id"] or row["contract_id"]
    line = f" line {row['contract_line_id']}" if row["contract_line_id"] else ""
    return (
        f"{_plain(row['account_role'])} of {subject}{line} for {row['origin_period']}"
        f" ({row['subledger_line_key'][:_SHORT_KEY]})"
    )


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _signed(amount_minor: int | None, currency: str) -> str:
    return "amount unknown" if amount_minor is None else format_amount(amount_minor, currency)
