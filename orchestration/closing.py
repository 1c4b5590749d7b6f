"""Closing and reopening a period of the company: what stands against it, and doing it.

Belongs here: the order of periods, the end of a period in the entity's time zone, what the close
gate says, the decision itself and its effect in the embedded ledger.
Does not: what ledger and outbox have against it (posting.periods), or printing (commands).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.spans import format_instant, period_bounds
from ingestion.company import Company, LegalEntity
from orchestration import close_gate, closed_packs, warehouse
from orchestration.close_gate import GateCheck
from orchestration.erps import administer_periods, connectors
from orchestration.settings import SettingsError
from orchestration.workplace import Workplace
from posting import exports, ledger, outbox, periods
from posting.errors import PeriodStateError
from posting.periods import PeriodDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodVerdict:
    """What stands against closing a period of one legal entity.

    Attributes:
        legal_entity_code: the company that books.
        erp_code: its ERP.
        accounting_period: the period.
        closed_by: the decision that closed it already, or nothing.
        close_version: how often it will have been closed then.
        reasons: what stands against it, in sentences; empty when it can be closed.
        closes_too: earlier open periods in which nothing was ever booked.
        checks: the close gate's checklist for it.
        accepted: failed checks that the closing accepts.
    """

    legal_entity_code: str
    erp_code: str
    accounting_period: str
    closed_by: PeriodDecision | None
    close_version: int
    reasons: tuple[str, ...]
    closes_too: tuple[str, ...]
    checks: tuple[GateCheck, ...]
    accepted: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


def judge(
    work: Workplace, period: str, entity_code: str | None, *, accepted: frozenset[str] = frozenset()
) -> list[PeriodVerdict]:
    """Return what stands against closing a period, per legal entity; nobody else works meanwhile.

    Args:
        work: where it is closed.
        period: such as 2026-02.
        entity_code: one legal entity, or nothing for all.
        accepted: checks of the gate that may fail.

    Raises:
        LedgerDamagedError: this is no home.
        PeriodStateError: nothing was built here.
        SettingsError: the company has no such legal entity, or the gate no such check.
    """
    period_bounds(period)
    ledger.ledger_files(work.home)
    if not work.home.warehouse.exists():
        raise PeriodStateError(
            f"There are no books in {work.home.path}. Close a period after: tieout run."
        )
    work.claim_home()
    outbox.synchronise(work.home, work.clock())
    with warehouse.open_warehouse(work.home.warehouse, read_only=True) as connection:
        gate = close_gate.read(connection)
    _refuse_unknown(accepted, gate)
    return [
        _judge_entity(work, period, entity, gate, accepted)
        for entity in _entities(work.company, entity_code)
    ]


def close(
    work: Workplace, verdicts: Sequence[PeriodVerdict], *, by: str, reason: str | None = None
) -> list[str]:
    """Close what was judged, when nothing stands against any of it; each keeps its close pack.

    Returns:
        What the ERP would not close, in sentences; its administrator tries again at each run.
    """
    said = []
    for verdict in verdicts:
        pack = closed_packs.keep(
            work.home,
            work.company.name,
            (verdict.legal_entity_code, verdict.accounting_period),
            verdict.close_version,
        )
        for period in (*verdict.closes_too, verdict.accounting_period):
            periods.close(
                work.home,
                work.home.warehouse,
                verdict.erp_code,
                verdict.legal_entity_code,
                period,
                by=by,
                now=work.clock(),
                accepted_checks=verdict.accepted if period == verdict.accounting_period else (),
                reason=reason,
                pack_sha256=pack if period == verdict.accounting_period else None,
            )
        said += _follow(work, verdict.legal_entity_code)
    return said


def reopen(work: Workplace, period: str, entity_code: str, *, by: str, reason: str) -> list[str]:
    """Open a period again that Tieout closed.

    Returns:
        What keeps it closed all the same, in sentences.
    """
    period_bounds(period)
    ledger.ledger_files(work.home)
    work.claim_home()
    (entity,) = _entities(work.company, entity_code)
    periods.reopen(
        work.home, entity.erp, entity.code, period, by=by, reason=reason, now=work.clock()
    )
    said = _follow(work, entity.code)
    if not _open_in_erp(work, entity, period):
        said.append(
            f"{period} of {entity.code} stays closed in the ERP {entity.erp}: open it there too"
            " (an embedded ledger: period_closes in company.yaml)."
        )
    return said


def _refuse_unknown(accepted: frozenset[str], gate: Sequence[GateCheck]) -> None:
    known = {each.check_code for each in gate if each.can_be_accepted}
    if gate and accepted - known:
        raise SettingsError(
            f"{', '.join(sorted(accepted - known))} cannot be accepted. What can be:"
            f" {', '.join(sorted(known))}."
        )


def _judge_entity(
    work: Workplace,
    period: str,
    entity: LegalEntity,
    gate: Sequence[GateCheck],
    accepted: frozenset[str],
) -> PeriodVerdict:
    place = (entity.erp, entity.code, period)
    last = {
        (each.erp_code, each.legal_entity_code, each.accounting_period): each
        for each in periods.decisions(work.home)
    }.get(place)
    closed_by = last if last is not None and last.decision == periods.CLOSED else None
    checks = [
        each
        for each in gate
        if (each.legal_entity_code, each.accounting_period) == (entity.code, period)
    ]
    earlier = _earlier_open_periods(work, entity, period)
    first_booked = _first_booked_period(work, entity)
    empty = [each for each in earlier if first_booked is None or each < first_booked]
    reasons = [
        f"{each} of {entity.code} is still open: close it first."
        for each in earlier
        if each not in empty
    ] + _reasons(work, period, entity, checks, accepted)
    return PeriodVerdict(
        legal_entity_code=entity.code,
        erp_code=entity.erp,
        accounting_period=period,
        closed_by=closed_by,
        close_version=last.close_version + (closed_by is None) if last else 1,
        reasons=() if closed_by else tuple(reasons),
        closes_too=() if closed_by else tuple(empty),
        checks=tuple(checks),
        accepted=tuple(
            each.check_code
            for each in checks
            if each.is_obstacle and each.can_be_accepted and each.check_code in accepted
        ),
    )


def _reasons(
    work: Workplace,
    period: str,
    entity: LegalEntity,
    checks: Sequence[GateCheck],
    accepted: frozenset[str],
) -> list[str]:
    world = warehouse.read_world(work.home.warehouse)
    end = _end_of(period, entity)
    if world.as_of < end:
        return [
            f"The books are those of {format_instant(world.as_of)}, and {period} of {entity.code}"
            f" ends at {format_instant(end)} ({entity.time_zone}): run after it, then close."
        ]
    if period not in {each.accounting_period for each in _erp_periods(work, entity)}:
        return [f"The ERP {entity.erp} has no period {period} for {entity.code}."]
    live = periods.open_work(work.home, work.home.warehouse, entity.erp, entity.code, period)
    live += [] if live else closed_packs.missing(work.home, world)
    if not _open_in_erp(work, entity, period):  # its ERP closed it before us, so nobody asked
        return live
    return live + close_gate.obstacles(
        checks, as_of=world.as_of, ledger_head=world.ledger_head, accepted=accepted
    )


def _end_of(period: str, entity: LegalEntity) -> datetime:
    """Return the first instant after a period, where the legal entity is."""
    _, last_day = period_bounds(period)
    midnight = datetime.combine(last_day + timedelta(days=1), time.min)
    return midnight.replace(tzinfo=ZoneInfo(entity.time_zone)).astimezone(UTC)


def _earlier_open_periods(work: Workplace, entity: LegalEntity, period: str) -> list[str]:
    closed = periods.closed(work.home)
    return sorted(
        each.accounting_period
        for each in _erp_periods(work, entity)
        if each.is_open
        and each.accounting_period < period
        and (entity.erp, entity.code, each.accounting_period) not in closed
    )


def _first_booked_period(work: Workplace, entity: LegalEntity) -> str | None:
    """Return the first period that anything of the entity belongs to."""
    with warehouse.open_warehouse(work.home.warehouse, read_only=True) as connection:
        row = connection.execute(
            "select min(origin_period) from journals.subledger_differences"
            " where erp_code = ? and legal_entity_code = ?",
            [entity.erp, entity.code],
        ).fetchone()
    return row[0] if row else None


def _open_in_erp(work: Workplace, entity: LegalEntity, period: str) -> bool:
    return any(
        each.is_open for each in _erp_periods(work, entity) if each.accounting_period == period
    )


def _erp_periods(work: Workplace, entity: LegalEntity) -> Sequence[Any]:
    return connectors(work.company, work.home)[entity.erp].read_master(entity.code).periods


def _follow(work: Workplace, entity_code: str) -> list[str]:
    """Let the embedded ledger and the exports follow what was decided."""
    (entity,) = _entities(work.company, entity_code)
    as_of = warehouse.read_world(work.home.warehouse).as_of
    said = administer_periods(work.company, work.home, entity, as_of)
    exports.export_master(work.home, connectors(work.company, work.home))
    return said


def _entities(company: Company, code: str | None) -> list[LegalEntity]:
    found = [each for each in company.legal_entities if code in {None, each.code}]
    if not found:
        names = ", ".join(each.code for each in company.legal_entities)
        raise SettingsError(f"{company.name} has no legal entity {code}. It has: {names}.")
    return found
