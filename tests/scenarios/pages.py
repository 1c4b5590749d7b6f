"""One page per case for accountants, written from the folder of the case and nothing else.

Belongs here: what a page shows and in which order. `python -m tests.scenarios.pages` writes all.
Does not: the index, how a table is written (markdown), or whether the books agree.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from core.money import exponent
from tests.scenarios.cases import Case, Row, all_cases
from tests.scenarios.events_in_words import amount_of, event_of, terms_of, what_it_says
from tests.scenarios.index_of_pages import INDEX, index
from tests.scenarios.markdown import amount, listed, number, table, words

PAGES = Path(__file__).parents[2] / "docs" / "accounting" / "scenarios"

_SIDES = (("debit", "credit"), ("functional_debit", "functional_credit"))
_TABLES = {
    "meters": "Meters",
    "prices": "Prices of usage",
    "price_tiers": "Tiers of the prices",
    "price_capacity_limits": "What the tiers hold",
    "price_event_terms": "What an event costs",
    "price_charge_terms": "Terms of whole charges",
    "price_discounts": "Discounts",
    "ssps": "Standalone selling prices",
    "fx_rates": "Exchange rates",
    "tax_codes": "Tax codes",
    "systems_of_record": "Systems of record",
}

_USAGE_COLUMNS = {"id", "subject", "time", "meter", "quantity", "supersedes", "cancels"}


class UnbalancedJournalError(Exception):
    """The expected journal of a case has a document whose debits are not its credits."""


def pages(cases: Sequence[Case]) -> dict[str, str]:
    """Return the text of every page by its file name, the index among them."""
    return {INDEX: index(cases)} | {f"{case.name}.md": page(case) for case in cases}


def page(case: Case) -> str:
    """Return the page of a case.

    Raises:
        UnbalancedJournalError: debits and credits of a document differ.
    """
    source = f"../../../tests/scenarios/{case.name}/case.md"
    parts = [
        case.title,
        f"Written by `python -m tests.scenarios.pages` from [its folder]({source}), which the "
        "tests hold the books to; change the case, not this page. "
        f"Amounts are in {case.settings['currency']}.",
        case.story,
        *_events(case),
        *_usage(case),
        *_terms(case),
        *_reference(case),
        *(part for books in case.by_entity() for part in _books(books)),
        *_together(case),
    ]
    return "\n\n".join(parts) + "\n"


def write(folder: Path) -> None:
    """Write all pages and remove those without a case."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages(all_cases())
    for path in folder.glob("*.md"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _books(case: Case) -> list[str]:
    parts = [
        *_exceptions(case),
        *_revenue(case),
        *_schedule(case),
        *_movements(case),
        *_journal(case),
        *_balances(case),
    ]
    if not case.entity:
        return parts
    inner = [f"#{part}" if part.startswith("##") else part for part in parts]
    return [f"## Books of {case.entity}", *inner]


def _together(case: Case) -> list[str]:
    if case.expected("together") is None:
        return []
    return ["## Revenue of all together", *_measures(case, "together", ("period",))]


def _events(case: Case) -> list[str]:
    rows = []
    for stage, events in groupby(case.events(), key=lambda event: event["stage"]):
        if stage > 1:
            rows.append(("", f"*{_then(case, stage)}*", "", ""))
        rows.extend(
            (
                event["time"][:10],
                event_of(event),
                what_it_says(event, case.settings["currency"]),
                amount_of(event, case.settings["currency"]),
            )
            for event in events
        )
    header = ("date", "event", "what it says", "amount")
    return ["## What happened", table(header, rows, right=("amount",))]


def _usage(case: Case) -> list[str]:
    stages = range(1, len(case.stages) + 1)
    landed = [(row, _arrival(case, stage)) for stage in stages for row in case.usage(stage)]
    if not landed:
        return []
    properties = [name for name in landed[0][0] if name not in _USAGE_COLUMNS]
    rows = [
        (
            row["time"][:10],
            row["meter"],
            *(row[name] for name in properties),
            number(row["quantity"]) if row["quantity"] else "",
            arrives,
        )
        for row, arrives in landed
    ]
    header: tuple[str, ...] = ("date", "meter", *properties, "quantity", "arrives")
    if "supersedes" in landed[0][0]:
        header = ("id", "customer", *header, "corrects")
        rows = [
            (row["id"], row["subject"], *cells, _corrects(row))
            for (row, _), cells in zip(landed, rows, strict=True)
        ]
    return ["## Usage", table(header, rows, right=("quantity",))]


def _corrects(row: Row) -> str:
    """Say which event a row of usage takes back, and how."""
    if row["cancels"]:
        return f"cancels {row['cancels']}"
    return f"supersedes {row['supersedes']}" if row["supersedes"] else ""


def _terms(case: Case) -> list[str]:
    names = {row["product_code"]: row["product_name"] for row in case.reference("products")}
    header = ("from", "to", "contract line", "product", "quantity", "price")
    rows = dict.fromkeys(row for event in case.events() for row in terms_of(event, names))
    if not rows:
        return []
    return ["## Terms", table(header, rows, right=("quantity", "price"))]


def _reference(case: Case) -> list[str]:
    parts = []
    if policies := case.settings.get("policies"):
        rows = [_policy(case, name, value) for name, value in policies.items()]
        parts += ["## Policies", table(("policy", "value"), rows, right=("value",))]
    for name, title in _TABLES.items():
        if rows := case.reference(name):
            said = [column for column in rows[0] if any(row[column] for row in rows)]
            cells = [[row[column] for column in said] for row in rows]
            parts += [f"## {title}", table([words(column) for column in said], cells, right=())]
    return parts


def _policy(case: Case, name: str, value: int) -> tuple[str, str]:
    """Return a policy; one in minor units as an amount of the functional currency."""
    if not name.endswith("_minor"):
        return words(name), str(value)
    currency = case.settings["functional_currency"]
    major = Decimal(value).scaleb(-exponent(currency))
    return words(name.removesuffix("_minor")), f"{amount(major, currency)} {currency}"


def _exceptions(case: Case) -> list[str]:
    rows = case.expected("exceptions")
    if rows is None:
        return []
    header = ("when", "held", "exception")
    cells = [
        (_arrival(case, int(row["stage"])), row["subject"], f"`{row['code']}`") for row in rows
    ]
    return [
        "## Held",
        "What is held is not booked until it is released.",
        table(header, cells, right=()),
    ]


def _revenue(case: Case) -> list[str]:
    parts = ["## Revenue", *_measures(case, "revenue", ("period",))]
    if case.expected("products"):
        parts += ["By product:", *_measures(case, "products", ("product", "period"))]
    if case.expected("versions"):
        parts += [
            "By version of the contract:",
            *_measures(case, "versions", ("contract_version",), has_total=False),
        ]
    return parts


def _movements(case: Case) -> list[str]:
    if case.expected("movements") is None:
        return []
    return [
        "## Monthly recurring revenue",
        "How it changed: what a month costs by the terms in force on its last day.",
        *_measures(case, "movements", ("contract", "period", "movement"), has_total=False),
    ]


def _schedule(case: Case) -> list[str]:
    if case.expected("schedule") is None:
        return []
    return [
        "## Schedule",
        "The months that matter: what each version planned for its whole term, and what it "
        "recognised before the next version took over.",
        *_measures(case, "schedule", ("contract_version", "period"), has_total=False),
    ]


def _journal(case: Case) -> list[str]:
    rows = case.expected("journal")
    if rows is None:
        return []
    months = listed(list(dict.fromkeys(row["posting_date"][:7] for row in rows)))
    parts = ["## Journal", f"Everything that is posted in {months}."]
    for (stage, day), lines in groupby(rows, key=lambda row: (row["stage"], row["posting_date"])):
        later = f", {_then(case, int(stage))}" if int(stage) > 1 else ""
        entries = [line for line in lines if line["entry"]]
        parts += (
            [f"### {day}{later}", _journal_of_day(case, entries)]
            if entries
            else [f"### {day[:7]}{later}", "Nothing is posted in this month."]
        )
    return parts


def _journal_of_day(case: Case, rows: Sequence[Row]) -> str:
    pairs = [pair for pair in _SIDES if pair[0] in rows[0]]
    header = ["entry", "document", "account"]
    totals = ["**total**", "", ""]
    for pair in pairs:
        for document in dict.fromkeys(row["document"] for row in rows):
            debit, credit = (_sum(rows, side, document) for side in pair)
            if debit != credit:
                raise UnbalancedJournalError(
                    f"{case.name}: {document or rows[0]['entry']} on {rows[0]['posting_date']} has "
                    f"{debit} of {pair[0]} and {credit} of {pair[1]}. Correct its journal.csv."
                )
        for side in pair:
            header.append(_heading(case, side))
            totals.append(f"**{amount(_sum(rows, side), _currency(case, side))}**")
    cells = [
        [words(row["entry"]), row["document"], words(row["account"])]
        + [amount(row[side], _currency(case, side)) for pair in pairs for side in pair]
        for row in rows
    ]
    return table(header, [*cells, totals], right=header[3:])


def _balances(case: Case) -> list[str]:
    if case.expected("balances") is None:
        return []
    return [
        "## Balances of the contract",
        "At the end of the month.",
        *_measures(case, "balances", ("contract", "period"), has_total=False),
    ]


def _measures(case: Case, name: str, keys: tuple[str, ...], *, has_total: bool = True) -> list[str]:
    """Return the table of an expectation: its keys, its amounts and their total."""
    rows = case.expected(name) or []
    names = [column for column in rows[0] if column not in keys] if rows else []
    if not rows:
        return ["None."]
    header = [words(key) for key in keys] + [_heading(case, column) for column in names]
    cells = [
        [row[key] for key in keys]
        + [amount(row[column], _currency(case, column)) for column in names]
        for row in rows
    ]
    if has_total:
        sums = [amount(_sum(rows, column), _currency(case, column)) for column in names]
        cells.append(["**total**", *[""] * (len(keys) - 1), *(f"**{text}**" for text in sums)])
    return [table(header, cells, right=header[len(keys) :])]


def _sum(rows: Sequence[Row], column: str, document: str | None = None) -> Decimal:
    return sum(
        (
            Decimal(row[column] or "0")
            for row in rows
            if document is None or row["document"] == document
        ),
        Decimal(0),
    )


def _currency(case: Case, column: str) -> str:
    return case.settings["functional_currency" if column.startswith("functional") else "currency"]


def _heading(case: Case, column: str) -> str:
    if column.startswith("functional_"):
        return f"{column.removeprefix('functional_')} in {_currency(case, column)}"
    return words(column)


def _arrival(case: Case, stage: int) -> str:
    return "in time" if stage == 1 and "stages" not in case.settings else _then(case, stage)


def _then(case: Case, stage: int) -> str:
    """Return what distinguishes a stage from the one before it."""
    if "stages" in case.settings:
        return f"known on {case.stages[stage - 1]}"
    closed = case.settings.get("closed_through")
    return f"after {closed} was closed" if closed else "after the books were sealed"


if __name__ == "__main__":
    write(PAGES)
