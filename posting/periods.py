"""Closing periods from Tieout's side: only when nothing of them is left to do.

Belongs here: what still stands against a closing, and the closing itself.
Does not: closing the period in the ERP; its administrator does that afterwards.
"""

from datetime import datetime
from pathlib import Path

import duckdb
from sqlalchemy import Connection, delete, insert, select

from core.home import Home
from posting import audit_log, outbox, outbox_rows, store, tables
from posting.audit_log import AuditEntry
from posting.errors import PeriodOpenWorkError
from posting.states import State

_DONE = (State.POSTED, State.VOIDED)


def closed(home: Home) -> frozenset[tuple[str, str, str]]:
    """Return the periods Tieout has closed, as (ERP, legal entity, period)."""
    table = tables.closed_periods
    with store.reading(home) as connection:
        rows = connection.execute(
            select(table.c.erp_code, table.c.legal_entity_code, table.c.accounting_period)
        ).all()
    return frozenset((erp, entity, period) for erp, entity, period in rows)


def open_work(
    home: Home, warehouse: Path, erp_code: str, legal_entity_code: str, accounting_period: str
) -> list[str]:
    """Return what stands against closing a period, one sentence each."""
    work = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        unsealed = connection.execute(
            "select count(*) from journals.subledger_differences "
            "where erp_code = ? and legal_entity_code = ? and origin_period = ? and "
            "(difference_minor is distinct from 0 or difference_functional_minor is distinct from "
            "0)",
            [erp_code, legal_entity_code, accounting_period],
        ).fetchall()[0][0]
    if unsealed:
        work.append(
            f"{unsealed} subledger line(s) of {accounting_period} are not sealed: run, and work "
            "the exceptions that hold them."
        )
    with store.reading(home) as connection:
        documents = [
            document
            for document in outbox_rows.read(
                connection, erp_code=erp_code, legal_entity_code=legal_entity_code
            )
            if document.accounting_period == accounting_period and document.state not in _DONE
        ]
    work += [
        f"Document {document.document_key} is {document.state}: "
        + (
            "it needs an approval."
            if document.state is State.PENDING_APPROVAL
            else "it is not yet posted."
        )
        for document in documents
    ]
    return work


def close(
    home: Home,
    warehouse: Path,
    erp_code: str,
    legal_entity_code: str,
    accounting_period: str,
    *,
    by: str,
    now: datetime,
) -> None:
    """Close a period: from now on differences of it are posted in the first open one after.

    Raises:
        PeriodOpenWorkError: something of it is unsealed, unapproved or undelivered.
    """
    outbox.synchronise(home, now)
    work = open_work(home, warehouse, erp_code, legal_entity_code, accounting_period)
    if work:
        raise PeriodOpenWorkError(
            f"Period {accounting_period} of {legal_entity_code} cannot be closed:\n"
            + "\n".join(work)
        )
    place = {
        "erp_code": erp_code,
        "legal_entity_code": legal_entity_code,
        "accounting_period": accounting_period,
    }
    if (erp_code, legal_entity_code, accounting_period) in closed(home):
        return
    with store.transaction(home) as connection:
        connection.execute(
            insert(tables.closed_periods).values(
                **place, closed_by=by, closed_at=store.instant(now)
            )
        )
        _record(connection, "period_closed", place, by, now)


def reopen(
    home: Home,
    erp_code: str,
    legal_entity_code: str,
    accounting_period: str,
    *,
    by: str,
    now: datetime,
) -> None:
    """Open a period again on Tieout's side; the ERP must allow postings into it too."""
    table = tables.closed_periods
    place = {
        "erp_code": erp_code,
        "legal_entity_code": legal_entity_code,
        "accounting_period": accounting_period,
    }
    with store.transaction(home) as connection:
        connection.execute(
            delete(table).where(*[table.c[name] == value for name, value in place.items()])
        )
        _record(connection, "period_reopened", place, by, now)


def _record(connection: Connection, action: str, place: dict, by: str, now: datetime) -> None:
    entry = AuditEntry(action=action, subject="|".join(place.values()), details=place)
    audit_log.record(connection, [entry], at=now, actor=by)
