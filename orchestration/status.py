"""Where everything stands: ledger, outbox, tie-outs, exceptions.

Belongs here: reading them for people and programs.
Does not: what one run did (summary), or changing anything.
"""

from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from core.home import Home
from core.money import format_amount, to_decimal
from orchestration import publish, scorecard
from orchestration.workflow_words import next_step, standing
from posting import changes, ledger, outbox

_EXCEPTIONS = """
    select
        exception_key,
        code,
        subject_type,
        subject_key,
        sentence,
        owner,
        amount_minor,
        currency,
        next_step,
        severity,
        legal_entity_code,
        first_seen_at,
        age_days,
        sla_days,
        is_late,
        status,
        accepted_by,
        acceptance_reason
    from controls.exceptions
    where ($code is null or code = $code)
        and ($owner is null or owner = $owner)
    order by
        list_position(['error', 'warning', 'info'], severity),
        code,
        subject_type,
        subject_key,
        exception_key
"""


def read_status(home: Home) -> dict[str, Any]:
    """Return where everything stands.

    Raises:
        LedgerDamagedError: there is no ledger in this home, or it is not whole.
    """
    head = ledger.read_head(home)
    batch = head.last_batch
    with publish.open_marts(home.marts) as connection:
        return {
            "home": str(home.path),
            "ledger_head": head.number,
            "sealed_as_of": f"{batch.as_of.isoformat()}Z" if batch else None,
            "documents": outbox.counts_by_state(home),
            "changes_awaiting_approval": len(changes.pending(home)),
            "tie_outs": tie_outs(connection),
            "exceptions": exceptions_by_code(connection),
            "workflows": workflows(connection),
            "service_levels": scorecard.service_levels(connection),
            "kpis": scorecard.kpis(connection),
        }


def show(facts: dict[str, Any], console: Console) -> None:
    """Print where everything stands."""
    console.print(f"Home        {facts['home']}")
    console.print(f"Ledger      {facts['ledger_head']} files, as of {facts['sealed_as_of']}")
    documents = ", ".join(f"{count} {state}" for state, count in facts["documents"].items())
    console.print(f"Documents   {documents or 'none'}")
    console.print(f"Approvals   {facts['changes_awaiting_approval']} changes wait")
    show_tie_outs(facts["tie_outs"], console)
    show_exceptions(facts["exceptions"], console)
    _show_workflows(facts["workflows"], console)
    scorecard.show(facts["kpis"], facts["service_levels"], console)


def tie_outs(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return every tie-out with its difference."""
    return _rows(
        connection, "select * from reconciliation.tie_out_summary order by position, currency"
    )


def exceptions_by_code(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return how many exceptions are open, by code and owner."""
    return _rows(
        connection,
        "select code, owner, count(*) as open_count, count(*) filter (where is_late) as late_count,"
        " max(age_days) as oldest_days, min(next_step) as next_step"
        " from controls.exceptions group by code, owner order by open_count desc, code, owner",
    )


def workflows(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return how many changes of contracts are in which state, and whose their next step is."""
    return _rows(
        connection,
        "select state, state_code, next_step, next_step_owner, is_not_due,"
        " count(*) as change_count, min(state_since) as oldest_since"
        " from contracts.workflow_states group by all order by all",
    )


def read_exceptions(
    home: Home, *, code: str | None = None, owner: str | None = None
) -> list[dict[str, Any]]:
    """Return open exceptions, each with its amount as people read it."""
    with publish.open_marts(home.marts) as connection:
        rows = _rows(connection, _EXCEPTIONS, {"code": code, "owner": owner})
    return [
        row
        | {
            "subject": f"{row['subject_type']} {row['subject_key']}",
            "amount": format_amount(row["amount_minor"], row["currency"])
            if row["amount_minor"] is not None and row["currency"]
            else None,
            "age": _age(row),
        }
        for row in rows
    ]


def _age(row: dict[str, Any]) -> str:
    """Say how long an exception has been open, and whether that is too long."""
    if row["accepted_by"]:
        return f"{row['age_days']} days, accepted by {row['accepted_by']}"
    age = "new" if not row["age_days"] else f"{row['age_days']} days"
    return f"{age}, late: {row['sla_days']} allowed" if row["is_late"] else age


def show_tie_outs(rows: list[dict[str, Any]], console: Console) -> None:
    """Print the tie-outs as a table: both sides, what is explained, what is left."""
    table = Table(box=None, pad_edge=False, title="Tie-outs", title_justify="left")
    for column in ("", "", "left", "right", "explained", "difference", ""):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for row in rows:
        name = row["tie_out_name"].replace("_", " ")
        cells = [_figure(row, column) for column in ("left", "right", "explained", "difference")]
        verdict = "" if row["is_tied"] else f"{row['break_count']} to look at"
        table.add_row(name, row["currency"] or "events", *cells, verdict)
    console.print(table)


def _figure(row: dict[str, Any], column: str) -> str:
    if row["currency"] is None:
        return f"{row[f'{column}_count']:,}"
    return f"{to_decimal(row[f'{column}_minor'], row['currency']):,}"


def show_exceptions(rows: list[dict[str, Any]], console: Console) -> None:
    """Print how many exceptions are open."""
    total = sum(row["open_count"] for row in rows)
    console.print(f"Exceptions  {total} open")
    for row in rows:
        late = f", {row['late_count']} late" if row["late_count"] else ""
        console.print(f"  {row['open_count']:>5}  {row['code']}  ({row['owner']}{late})")


def _show_workflows(rows: list[dict[str, Any]], console: Console) -> None:
    """Print how many changes of contracts there are, and what those not finished wait for."""
    total = sum(row["change_count"] for row in rows)
    open_rows = [row for row in rows if row["next_step"]]
    waiting = sum(row["change_count"] for row in open_rows)
    console.print(f"Changes     {total:,} of contracts, {waiting:,} not finished")
    for row in open_rows:
        console.print(f"  {row['change_count']:>5}  {standing(row)}, {next_step(row)}")


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    cursor = connection.execute(query, values or {})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
