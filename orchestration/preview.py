"""Change preview: what new code, reference data or policies would do to what is already booked.

Belongs here: building yesterday's events with today's rules in the scratch warehouse, comparing.
Does not: keeping and approving changes (posting.changes), or holding them (a control in dbt).
"""

from collections import deque
from dataclasses import asdict, replace
from datetime import UTC

import duckdb

from core.money import format_amount
from orchestration import warehouse
from orchestration.dbt_in_process import Outcome
from orchestration.runs import Run
from posting import changes, ledger
from posting.changes import Change, Versions
from posting.ledger import SealedBatch

_SELECTION = ("+subledger_differences",)
# Per key: today's difference without what was unposted already when the batch was sealed. What
# waited for approval then still waits, so it is not taken off. A subject counts when a line that
# was sealed changes; its amount is the sum of its debits.
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
            and held.batch_number = ?
            and held.hold_code is distinct from 'CHANGE_AWAITS_APPROVAL'
        where differences.hold_code is null
            or differences.hold_code = 'CHANGE_AWAITS_APPROVAL'
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
    _build_scratch(run, world, last)
    with warehouse.open_warehouse(run.home.scratch_warehouse, read_only=True) as connection:
        found = _read_changes(connection, last.batch_number, _cause(_versions_of(last), versions))
    changes.record_preview(run.home, versions, found, now=run.work.clock())
    return found


def _build_scratch(run: Run, world: warehouse.WarehouseWorld, last: SealedBatch) -> None:
    """Build what the sealed batch knew of events and of the ledger, with the rules of now."""
    scratch = replace(
        world,
        as_of=last.as_of.replace(tzinfo=UTC),
        events_head=last.raw_head,
        ledger_head=last.batch_number,
    )
    warehouse.lay_out(run.home.scratch_warehouse, run.home, scratch)
    outcome = Outcome()
    deque(
        run.work.dbt.build(_SELECTION, run.home.scratch_warehouse, outcome, with_tests=False),
        maxlen=0,
    )
    outcome.raise_if_failed()


def _read_changes(
    connection: duckdb.DuckDBPyConnection, batch_number: int, cause: str
) -> list[Change]:
    rows = connection.execute(_CHANGES, [batch_number]).fetchall()
    return [
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
        for subject, currency, functional_currency, amount, functional in rows
    ]


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
