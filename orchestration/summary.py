"""What a run ends with: the figures a person wants to read, and where to look next.

Belongs here: reading the published figures, printing them.
Does not: computing figures (dbt's metrics and reconciliation marts do).
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from core.money import to_decimal
from core.spans import format_instant
from orchestration import publish, status
from orchestration.play import Played
from orchestration.settings import Settings, home_of_company

_FIGURES = """
    select section, label, entity, currency, count_value, amount_minor
    from metrics.run_summary
    order by section, position, entity, currency
"""
NEXT = (
    ("Next", "exceptions", "what is held, and who can help"),
    ("", "trace ID", "from any ID to its money, and back"),
    ("", "verify", "prove that nothing was changed"),
)
_PER_ENTITY = ("charges", "recognized", "deferred", "unbilled", "receivable")


def summarise(settings: Settings, played: Sequence[Played], seconds: float) -> dict[str, Any]:
    """Return what the runs of one command did, and where everything stands after them."""
    home = settings.home
    with publish.open_marts(home.marts) as connection:
        names = ("section", "label", "entity", "currency", "count", "amount_minor")
        figures = [
            dict(zip(names, row, strict=True)) for row in connection.execute(_FIGURES).fetchall()
        ]
        return {
            "home": str(home.path),
            "company": str(settings.company_folder()),
            "as_of": format_instant(played[-1].as_of),
            "runs": [_run_facts(each) for each in played],
            "figures": figures,
            "tie_outs": status.tie_outs(connection),
            "exceptions": status.exceptions_by_code(connection),
            "marts": str(home.marts / publish.POINTER),
            "seconds": round(seconds, 1),
        }


def show(facts: dict[str, Any], console: Console) -> None:
    """Print the summary."""
    figures = facts["figures"]
    console.print()
    console.print(f"Books as of {facts['as_of']}")
    console.print(_events(figures))
    console.print(_usage(figures))
    console.print(_documents(figures, facts["runs"]))
    console.print()
    console.print(_entity_table(figures))
    console.print()
    status.show_tie_outs(facts["tie_outs"], console)
    console.print()
    status.show_exceptions(facts["exceptions"], console)
    console.print()
    show_next(Path(facts["company"]), Path(facts["home"]), console)
    console.print("      marts for your tools:", _shown(facts["marts"]))
    console.print(f"{facts['seconds']} seconds")


def show_next(company: Path, home: Path, console: Console) -> None:
    """Print what to ask next, as it can be typed from here."""
    program, place = _shown(sys.argv[0]), _place(company, home)
    commands = [f"{lead:6}{program} {command} {place}" for lead, command, _ in NEXT]
    width = max(map(len, commands))
    for command, (_, _, use) in zip(commands, NEXT, strict=True):
        console.print(command.ljust(width), "", use)


def _run_facts(played: Played) -> dict[str, Any]:
    facts = played.record.facts()
    return {
        "run_id": played.run_id,
        "as_of": format_instant(played.as_of),
        "landed": facts.get("landed"),
        "sealed": facts.get("sealed"),
        "delivered": facts.get("delivered"),
        "seconds": facts.get("seconds"),
        "whole_seconds": facts.get("whole_seconds"),
    }


def _events(figures: list[dict[str, Any]]) -> str:
    counts = {each["label"]: each["count"] for each in figures if each["section"] == "events"}
    return (
        f"Events      {counts['landed']:,} landed = {counts['accepted']:,} accepted"
        f" + {counts['duplicate']:,} duplicate + {counts['quarantined']:,} quarantined"
    )


def _usage(figures: list[dict[str, Any]]) -> str:
    held = sum(each["count"] for each in figures if each["label"] == "held")
    charges = sum(each["count"] for each in figures if each["label"] == "charges")
    return f"Usage       {charges:,} charges; {held:,} events held"


def _documents(figures: list[dict[str, Any]], runs: list[dict[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for each in figures:
        if each["section"] == "documents":
            counts[each["label"]] = counts.get(each["label"], 0) + each["count"]
    sealed = sum(run["sealed"]["document_count"] for run in runs if run["sealed"])
    posted = sum(run["delivered"]["posted"] for run in runs if run["delivered"])
    now = (
        f"now {sealed:,} sealed, {posted:,} posted"
        if sealed or posted
        else "nothing new: this run sealed nothing and posted nothing"
    )
    others = [
        f"{count:,} {label.replace('_', ' ')}"
        for label, count in counts.items()
        if count and label not in {"sealed", "posted"}
    ]
    whole = ", ".join(
        [f"{counts.get('sealed', 0):,} sealed", f"{counts.get('posted', 0):,} posted", *others]
    )
    return f"Documents   {whole} ({now})"


def _entity_table(figures: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, title="Per legal entity", title_justify="left")
    table.add_column("entity")
    table.add_column("currency")
    for label in _PER_ENTITY:
        table.add_column(label, justify="right")
    cells = {
        (each["entity"], each["currency"], each["label"]): each["amount_minor"]
        for each in figures
        if each["label"] in _PER_ENTITY and each["entity"]
    }
    for entity, currency in sorted({(entity, currency) for entity, currency, _ in cells}):
        amounts = (cells.get((entity, currency, label), 0) for label in _PER_ENTITY)
        table.add_row(entity, currency, *(f"{to_decimal(each, currency):,}" for each in amounts))
    return table


def _place(company: Path, home: Path) -> str:
    """Return the options that name this company and home, as few as are needed."""
    named = f"--company {_shown(str(company))}"
    is_default = home_of_company(company).resolve() == home
    return named if is_default else f"{named} --home {_shown(str(home))}"


def _shown(path: str) -> str:
    """Write a path as short as it can be typed from here."""
    full, here = Path(path), Path.cwd()
    return str(full.relative_to(here)) if full.is_relative_to(here) else path
