"""Change preview: what new code, reference data or policies would do to what is already booked.

Belongs here: building yesterday's events with today's rules in the scratch warehouse, comparing.
Does not: keeping and approving changes (posting.changes), or holding them (a control in dbt).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

import duckdb

from core.home import Home
from core.money import format_amount
from orchestration import warehouse
from orchestration.dbt_in_process import Outcome
from orchestration.runs import Run
from posting import changes, ledger
from posting.changes import Change, Versions
from posting.ledger import SealedBatch

_SELECTION = ("+subledger_differences",)
# What a batch left unposted says what its rules wanted, unless they wanted something unknown or
# their want was itself a change that waited. An entry group of which that is so is compared at the
# last batch that knew it; one that was never sealed has nothing booked that could change.
_UNKNOWN_AT = """
    with unknown as (
        select distinct batch_number, entry_group_key
        from ledger.held
        where amount_minor is null
            or functional_amount_minor is null
            or account_code is null
            or hold_code = 'CHANGE_AWAITS_APPROVAL'
    ),
    sealed as (
        select entry_group_key, min(batch_number) as first_batch_number
        from ledger.deltas group by entry_group_key
    ),
    known as (
        select unknown.entry_group_key, max(batches.batch_number) as batch_number
        from unknown
        inner join sealed on unknown.entry_group_key = sealed.entry_group_key
        inner join ledger.batches as batches
            on batches.batch_number between sealed.first_batch_number and unknown.batch_number
        left join unknown as still_unknown
            on unknown.entry_group_key = still_unknown.entry_group_key
            and batches.batch_number = still_unknown.batch_number
        where unknown.batch_number = ? and still_unknown.entry_group_key is null
        group by unknown.entry_group_key
    )
    select known.batch_number, batches.as_of, batches.raw_head, known.entry_group_key
    from known
    inner join ledger.batches as batches on known.batch_number = batches.batch_number
    order by known.batch_number, known.entry_group_key
"""
# Per key: the difference by the rules of now, without what was unposted by the rules of then. A
# subject counts when a line that was sealed changes; its amount is the sum of its debits.
_CHANGES = """
    with differences as (
        select
            coalesce(
                differences.contract_id,
                differences.document_type || ':' || differences.document_id
            ) as subject_key,
            differences.transaction_currency,
            differences.functional_currency,
            differences.is_sealed_before,
            differences.difference_minor - coalesce(held.amount_minor, 0) as amount_minor,
            coalesce(differences.difference_functional_minor, 0)
                - coalesce(held.functional_amount_minor, 0) as functional_amount_minor
        from journals.subledger_differences as differences
        left join ledger.held as held
            on differences.subledger_line_key = held.subledger_line_key
            and held.batch_number = $batch_number
        where (
            differences.hold_code is null
            or differences.hold_code = 'CHANGE_AWAITS_APPROVAL'
        )
        and list_contains($groups::varchar[], differences.entry_group_key) = $is_listed
    )
    select
        subject_key,
        min(transaction_currency) as currency,
        min(functional_currency) as functional_currency,
        cast(sum(greatest(amount_minor, 0)) as bigint) as amount_minor,
        cast(sum(greatest(functional_amount_minor, 0)) as bigint) as functional_amount_minor
    from differences
    group by subject_key
    having
        bool_or(is_sealed_before and (amount_minor <> 0 or functional_amount_minor <> 0))
    order by subject_key
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """A sealed batch, and the entry groups that are compared with it: the listed, or all others."""

    batch_number: int
    as_of: datetime
    raw_head: int
    groups: tuple[str, ...]
    is_listed: bool


def preview_changes(run: Run) -> list[Change] | None:
    """Preview the present rules over the last sealed events, if they are new rules.

    Returns:
        The changes, which now wait for approval; None when the rules were previewed before.
    """
    world = run.world()
    versions = Versions(
        code_version=world.code_version,
        reference_version=world.reference_version,
        policy_version=world.policy_version,
    )
    last = ledger.read_head(run.home).last_batch
    if last is None:
        return None
    seen = changes.last_previewed_versions(run.home) or _versions_of(last)
    if versions == seen:
        return None
    rows: list[tuple[str, str, str, int, int]] = []
    for comparison in _comparisons(run.home, last):
        _build_scratch(run, world, comparison)
        with warehouse.open_warehouse(run.home.scratch_warehouse, read_only=True) as connection:
            rows += _changed_amounts(connection, comparison)
    found = _changes(rows, _cause(_versions_of(last), versions))
    changes.record_preview(run.home, versions, found, now=run.work.clock())
    return found


def _comparisons(home: Home, last: SealedBatch) -> list[_Comparison]:
    """Return the last batch for all that it knew, and earlier ones for what only they knew."""
    with duckdb.connect() as connection:
        ledger.register_views(connection, home, head=last.batch_number)
        rows = connection.execute(_UNKNOWN_AT, [last.batch_number]).fetchall()
    earlier = [
        _Comparison(
            batch_number=number,
            as_of=as_of,
            raw_head=raw_head,
            groups=tuple(row[3] for row in group),
            is_listed=True,
        )
        for (number, as_of, raw_head), group in groupby(rows, key=lambda row: row[:3])
    ]
    rest = _Comparison(
        batch_number=last.batch_number,
        as_of=last.as_of,
        raw_head=last.raw_head,
        groups=tuple(row[3] for row in rows),
        is_listed=False,
    )
    return [*earlier, rest]


def _build_scratch(run: Run, world: warehouse.WarehouseWorld, batch: _Comparison) -> None:
    """Build what the sealed batch knew of events and of the ledger, with the rules of now.

    A document voided since counts as sealed, as it did then: its lines are no change.
    """
    scratch = replace(
        world,
        as_of=batch.as_of.replace(tzinfo=UTC),
        events_head=batch.raw_head,
        ledger_head=batch.batch_number,
    )
    warehouse.lay_out(run.home.scratch_warehouse, run.home, scratch)
    outcome = Outcome()
    deque(
        run.work.dbt.build(_SELECTION, run.home.scratch_warehouse, outcome, with_tests=False),
        maxlen=0,
    )
    outcome.raise_if_failed()


def _changed_amounts(
    connection: duckdb.DuckDBPyConnection, comparison: _Comparison
) -> list[tuple[str, str, str, int, int]]:
    return connection.execute(
        _CHANGES,
        {
            "batch_number": comparison.batch_number,
            "groups": list(comparison.groups),
            "is_listed": comparison.is_listed,
        },
    ).fetchall()


def _changes(rows: Sequence[tuple[str, str, str, int, int]], cause: str) -> list[Change]:
    """Return one change per subject, summed over what it was compared with."""
    found = []
    for (subject, currency, functional_currency), group in groupby(
        sorted(rows), key=lambda row: row[:3]
    ):
        parts = list(group)
        amount = sum(part[3] for part in parts)
        functional = sum(part[4] for part in parts)
        found.append(
            Change(
                subject_key=subject,
                amount_minor=amount,
                functional_amount_minor=functional,
                currency=currency,
                sentence=(
                    f"{subject}: {cause} would change what is booked by"
                    f" {format_amount(amount, currency)}"
                    f" ({format_amount(functional, functional_currency)})."
                    " Approve it, or take the change back."
                ),
            )
        )
    return found


def _versions_of(batch: SealedBatch) -> Versions:
    return Versions(
        code_version=batch.code_version,
        reference_version=batch.reference_version,
        policy_version=batch.policy_version,
    )


def _cause(before: Versions, now: Versions) -> str:
    names = {
        "code_version": "new code",
        "reference_version": "changed reference data",
        "policy_version": "changed policies",
    }
    different = [
        name for field, name in names.items() if asdict(before)[field] != asdict(now)[field]
    ]
    return " and ".join(different) or "a change taken back"
