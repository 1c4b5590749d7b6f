"""Closing and reopening periods from Tieout's side: decisions of people, kept for ever.

Belongs here: the decisions, what in ledger and outbox still stands against a closing.
Does not: the close gate of the marts, or the company's calendar (orchestration.closing); closing
the period in the ERP, which its administrator does afterwards.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from sqlalchemy import Connection, insert, select

from core.home import Home
from posting import audit_log, ledger, outbox, outbox_rows, store, tables
from posting.audit_log import AuditEntry
from posting.errors import ApprovalError, PeriodOpenWorkError, PeriodStateError
from posting.states import State

CLOSED = "closed"
REOPENED = "reopened"
_DONE = (State.POSTED, State.VOIDED)
_UNSEALED = """
    with sealed as (
        select
            subledger_line_key,
            sum(amount_minor) as minor,
            sum(functional_amount_minor) as functional_minor
        from ledger.sealed_lines
        group by subledger_line_key
    )
    select count(*)
    from journals.subledger_differences as lines
    left join sealed on lines.subledger_line_key = sealed.subledger_line_key
    where lines.erp_code = ? and lines.legal_entity_code = ? and lines.origin_period <= ?
        and (
            lines.should_minor - coalesce(sealed.minor, 0) is distinct from 0
            or lines.should_functional_minor - coalesce(sealed.functional_minor, 0)
            is distinct from 0
        )
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodDecision:
    """Somebody closed a period of a legal entity, or opened it again.

    Attributes:
        erp_code: the ERP of the legal entity.
        legal_entity_code: the company that books.
        accounting_period: such as 2026-02.
        decision_number: 1, 2, 3 for each period.
        decision: `closed` or `reopened`.
        close_version: how often the period has been closed, this time included.
        decided_by: who.
        decided_at: when, in UTC.
        reason: why; always with a reopening, and with a closing that accepts failed checks.
        accepted_checks: failed checks that the closing accepts, separated by commas.
        as_of: the instant of the books that were closed; nothing for a reopening.
        ledger_head: the last ledger file then.
    """

    erp_code: str
    legal_entity_code: str
    accounting_period: str
    decision_number: int
    decision: str
    close_version: int
    decided_by: str
    decided_at: datetime
    reason: str | None = None
    accepted_checks: str | None = None
    as_of: datetime | None = None
    ledger_head: int | None = None


def decisions(home: Home) -> list[PeriodDecision]:
    """Return every closing and reopening, in order of ERP, legal entity, period and number."""
    with store.reading(home) as connection:
        return _read(connection)


def closed(home: Home) -> frozenset[tuple[str, str, str]]:
    """Return the periods Tieout has closed, as (ERP, legal entity, period)."""
    last = {_place(each): each for each in decisions(home)}
    return frozenset(place for place, each in last.items() if each.decision == CLOSED)


def open_work(
    home: Home, warehouse: Path, erp_code: str, legal_entity_code: str, accounting_period: str
) -> list[str]:
    """Return what ledger and outbox have against closing a period, one sentence each.

    A difference of an earlier period counts too: it would be posted in this one.
    """
    place = [erp_code, legal_entity_code, accounting_period]
    head = ledger.head_number(home)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        built = connection.execute("select ledger_head from run.parameters").fetchall()[0][0]
        if built != head:
            return [
                f"The books were built over ledger file {built}, and the ledger is at {head}: "
                "run again, then close."
            ]
        unsealed = connection.execute(_UNSEALED, place).fetchall()[0][0]
    work = []
    if unsealed:
        work.append(
            f"{unsealed} subledger line(s) of {accounting_period} or earlier are not sealed: run, "
            "and work the exceptions that hold them."
        )
    with store.reading(home) as connection:
        documents = [
            document
            for document in outbox_rows.read(
                connection, erp_code=erp_code, legal_entity_code=legal_entity_code
            )
            if document.accounting_period <= accounting_period and document.state not in _DONE
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
    accepted_checks: Sequence[str] = (),
    reason: str | None = None,
    pack_sha256: str | None = None,
) -> None:
    """Close a period: from now on differences of it are posted in the first open one after.

    A period that is closed already stays as it is. The hash of the close pack that was kept goes
    into the audit log.

    Raises:
        PeriodOpenWorkError: something of it is unsealed, unapproved or undelivered.
        ApprovalError: nobody closes it.
    """
    _refuse_nobody(by)
    outbox.synchronise(home, now)
    work = open_work(home, warehouse, erp_code, legal_entity_code, accounting_period)
    if work:
        raise PeriodOpenWorkError(
            f"Period {accounting_period} of {legal_entity_code} cannot be closed:\n"
            + "\n".join(work)
        )
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        as_of, head = connection.execute(
            "select as_of, ledger_head from run.parameters"
        ).fetchall()[0]
    with store.transaction(home) as connection:
        last = _last(connection, (erp_code, legal_entity_code, accounting_period))
        if last is not None and last.decision == CLOSED:
            return
        decision = PeriodDecision(
            erp_code=erp_code,
            legal_entity_code=legal_entity_code,
            accounting_period=accounting_period,
            decision_number=last.decision_number + 1 if last else 1,
            decision=CLOSED,
            close_version=last.close_version + 1 if last else 1,
            decided_by=by,
            decided_at=store.instant(now),
            reason=reason,
            accepted_checks=", ".join(sorted(accepted_checks)) or None,
            as_of=as_of,
            ledger_head=head,
        )
        _record(connection, decision, now, pack_sha256=pack_sha256)


def reopen(
    home: Home,
    erp_code: str,
    legal_entity_code: str,
    accounting_period: str,
    *,
    by: str,
    reason: str,
    now: datetime,
) -> None:
    """Open a period again on Tieout's side; the ERP must allow postings into it too.

    Raises:
        PeriodStateError: Tieout has not closed it, or has closed a later one of the entity.
        ApprovalError: nobody opens it, nothing says why, or who closed it opens it.
    """
    _refuse_nobody(by)
    if not reason.strip():
        raise ApprovalError(f"Say why {accounting_period} of {legal_entity_code} is opened again.")
    with store.transaction(home) as connection:
        last = _last(connection, (erp_code, legal_entity_code, accounting_period))
        if last is None or last.decision != CLOSED:
            raise PeriodStateError(
                f"Period {accounting_period} of {legal_entity_code} is not closed by Tieout, so it "
                "cannot be opened again here. One that its ERP has closed is opened there."
            )
        later = [
            each.accounting_period
            for each in {_place(each): each for each in _read(connection)}.values()
            if each.decision == CLOSED
            and (each.erp_code, each.legal_entity_code) == (erp_code, legal_entity_code)
            and each.accounting_period > accounting_period
        ]
        if later:
            raise PeriodStateError(
                f"Period {max(later)} of {legal_entity_code} is closed after {accounting_period}, "
                "and its opening balances would move. Open the later one first."
            )
        if last.decided_by.strip().casefold() == by.strip().casefold():
            raise ApprovalError(
                f"{last.decided_by} closed {accounting_period} of {legal_entity_code}, so "
                "somebody else has to open it again."
            )
        decision = PeriodDecision(
            erp_code=erp_code,
            legal_entity_code=legal_entity_code,
            accounting_period=accounting_period,
            decision_number=last.decision_number + 1,
            decision=REOPENED,
            close_version=last.close_version,
            decided_by=by,
            decided_at=store.instant(now),
            reason=reason,
        )
        _record(connection, decision, now)


def _read(connection: Connection) -> list[PeriodDecision]:
    table = tables.period_decisions
    rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
    return [PeriodDecision(**row) for row in rows]


def _last(connection: Connection, place: tuple[str, str, str]) -> PeriodDecision | None:
    found = [each for each in _read(connection) if _place(each) == place]
    return found[-1] if found else None


def _place(decision: PeriodDecision) -> tuple[str, str, str]:
    return (decision.erp_code, decision.legal_entity_code, decision.accounting_period)


def _refuse_nobody(by: str) -> None:
    if not by.strip():
        raise ApprovalError("Say who decides, with --by.")


def _record(
    connection: Connection,
    decision: PeriodDecision,
    now: datetime,
    *,
    pack_sha256: str | None = None,
) -> None:
    """Write the decision and its entry in the audit log."""
    facts = asdict(decision)
    connection.execute(insert(tables.period_decisions).values(**facts))
    entry = AuditEntry(
        action=f"period_{decision.decision}",
        subject="|".join(_place(decision)),
        details={
            name: str(value) if isinstance(value, datetime) else value
            for name, value in (facts | {"pack_sha256": pack_sha256}).items()
            if value is not None
        },
    )
    audit_log.record(connection, [entry], at=now, actor=decision.decided_by)
