"""The close gate as the models judged it: a checklist per legal entity and period.

Belongs here: reading it, what of it keeps a period open, showing it as a table.
Does not: the checks themselves (dbt: reconciliation.close_gate), or closing (closing).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
from rich.console import Console
from rich.table import Table

BLOCKING = "blocking"
_EXISTS = """
    select count(*) from information_schema.tables
    where table_schema = 'reconciliation' and table_name = 'close_gate'
"""
_CHECKS = """
    select
        legal_entity_code,
        accounting_period,
        check_code,
        is_passed,
        severity,
        can_be_accepted,
        is_period_over,
        sentence,
        judged_as_of,
        judged_ledger_head
    from reconciliation.close_gate
    order by legal_entity_code, accounting_period, position
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """One line of the checklist."""

    legal_entity_code: str
    accounting_period: str
    check_code: str
    is_passed: bool
    severity: str
    can_be_accepted: bool
    is_period_over: bool
    sentence: str
    judged_as_of: datetime
    judged_ledger_head: int

    @property
    def is_obstacle(self) -> bool:
        """Tell whether it keeps its period open, unless somebody accepts it."""
        return not self.is_passed and self.severity == BLOCKING

    @property
    def verdict(self) -> str:
        """Return how it stands, in a word."""
        if self.is_passed:
            return "ok"
        return "blocks" if self.is_obstacle else "look at it"


def read(connection: duckdb.DuckDBPyConnection) -> list[GateCheck]:
    """Return every check of every open period; none when the gate was never built."""
    if connection.execute(_EXISTS).fetchall() == [(0,)]:
        return []
    cursor = connection.execute(_CHECKS)
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        GateCheck(**row | {"judged_as_of": row["judged_as_of"].replace(tzinfo=UTC)}) for row in rows
    ]


def obstacles(
    checks: Sequence[GateCheck], *, as_of: datetime, ledger_head: int, accepted: frozenset[str]
) -> list[str]:
    """Return what of one period's checklist keeps it open, in sentences.

    Args:
        checks: the checks of the period.
        as_of: the instant of the books that would be closed.
        ledger_head: their last ledger file.
        accepted: codes of failed checks that a person accepts.
    """
    if not checks:
        return ["The close gate was not built for this period: run again, then close."]
    stale = [
        each
        for each in checks
        if (each.judged_as_of, each.judged_ledger_head) != (as_of, ledger_head)
    ]
    if stale:
        return ["The close gate was judged over other books: run again, then close."]
    return [
        each.sentence
        + (f" (--accept {each.check_code} closes in spite of it)" if each.can_be_accepted else "")
        for each in checks
        if each.is_obstacle and not (each.can_be_accepted and each.check_code in accepted)
    ]


def show(checks: Sequence[GateCheck], console: Console) -> None:
    """Print the checklist."""
    table = Table(box=None, pad_edge=False)
    for column in ("", "check", ""):
        table.add_column(column, overflow="fold")
    for check in checks:
        table.add_row(check.verdict, check.check_code, check.sentence)
    console.print(table)
