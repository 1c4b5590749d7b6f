"""The page of changes of contracts: how far each has come, and whose its next step is.

Belongs here: which changes and instants the page shows.
Does not: states and steps (dbt: contracts.workflow_states, contracts.workflow_steps).
"""

from itertools import groupby
from typing import Any

from orchestration.reports.books import Books
from orchestration.reports.elements import Page, Row, Section, Table, anchor, text, words
from orchestration.workflow_words import standing

_MOST_CHANGES = 500
_STEPS = ("received", "approved", "billed", "journaled", "posted")


def workflows(books: Books) -> Page:
    """Return the changes of contracts by state: first those that are not finished."""
    rows = books.rows(
        "select *, count(*) over (partition by state) as state_count from contracts.workflow_states"
        " qualify row_number() over (partition by state order by state_since desc, workflow_key)"
        f" <= {_MOST_CHANGES}"
        " order by next_step is null, state, state_since desc, workflow_key"
    )
    sections = [
        _state(state, list(members)) for state, members in groupby(rows, lambda row: row["state"])
    ]
    return Page(
        path="workflows.html",
        title="Changes of contracts",
        intro=(
            "Every creation, amendment, renewal, cancellation and pause: the last step that is done"
            " with all before it, since when each holds, and whose the next one is. The day is that"
            " of the run that learned of it."
        ),
        sections=sections
        or [Section(anchor="none", title="None", intro="No contract is known yet.")],
        files=("data/contracts.workflow_states.csv", "data/contracts.workflow_steps.csv"),
    )


def _state(state: str, rows: list[dict[str, Any]]) -> Section:
    whole = rows[0]["state_count"]
    return Section(
        anchor=anchor(state),
        title=f"{words(state)}: {len(rows):,}",
        tables=[
            Table(
                caption=f"Changes that are {words(state)}",
                columns=[
                    "Contract", "Change", "Effective", "State", *map(str.capitalize, _STEPS),
                    "Next step", "Whose",
                ],
                rows=[_change(row) for row in rows],
                more=f"{len(rows):,} of {whole:,} are shown. All of them:"
                if len(rows) < whole
                else "",
            )
        ],
    )  # fmt: skip


def _change(row: dict[str, Any]) -> Row:
    due = ", not due yet" if row["is_not_due"] else ""
    name = f"{words(row['amendment_type'])} {row['amendment_id'] or ''}".strip()
    return Row(
        cells=[
            text(row["contract_id"]),
            text(name),
            text(row["effective_date"]),
            text(standing(row)),
            *(text(_day(row[f"{step}_at"])) for step in _STEPS),
            text(f"{row['next_step_title']}{due}" if row["next_step"] else ""),
            text(row["next_step_owner"]),
        ]
    )


def _day(instant: Any) -> str:  # noqa: ANN401  # an instant of the database, or none
    return f"{instant:%Y-%m-%d}" if instant else ""
