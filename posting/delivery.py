"""Delivery of sealed documents to their ERPs, each exactly once.

Belongs here: the order of steps for each ERP and legal entity, and the report of a delivery.
Does not: deciding what to post (dbt), when (orchestration), or how one ERP spells it (connectors).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.home import Home
from posting import leases, outbox, resolving, sending
from posting.connectors.connector import Connector
from posting.couriers import Courier
from posting.errors import FencedError, LeaseHeldError
from posting.states import State

_ROUNDS = 3
_OPEN = frozenset(State) - {State.POSTED, State.VOIDED, State.PENDING_APPROVAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """Where the documents stand after a delivery, and what kept it from doing more."""

    new_documents: int
    posted: int
    states: Mapping[str, int]
    discarded_drafts: int
    notes: tuple[str, ...]


def deliver(
    home: Home,
    connectors: Mapping[str, Connector],
    now: datetime,
    *,
    counted_at: datetime | None = None,
    run_id: str = "",
    holder: str | None = None,
) -> DeliveryReport:
    """Deliver what is sealed and approved; afterwards nothing was sent twice, whatever happened.

    Args:
        home: whose ledger and outbox.
        connectors: the port to each ERP, by its code.
        now: the instant of this delivery.
        counted_at: the instant service levels count it at; now unless said otherwise. A
            demonstration pins its time, but not the clock that leases need.
        run_id: written with every attempt.
        holder: who takes the leases; this machine unless said otherwise.
    """
    new_documents = outbox.synchronise(home, now)
    posted_before = outbox.counts_by_state(home).get(State.POSTED, 0)
    discarded, notes = 0, []
    places = sorted(
        {(document.erp_code, document.legal_entity_code) for document in _open_documents(home)}
    )
    for erp_code, legal_entity_code in places:
        connector = connectors.get(erp_code)
        if connector is None:
            notes.append(
                f"There is no connection to ERP {erp_code}; documents of {legal_entity_code} wait. "
                "Name it under `erps` in company.yaml."
            )
            continue
        try:
            with leases.held(
                home,
                erp_code,
                legal_entity_code,
                now=now,
                holder=holder or leases.this_machine(),
            ) as lease:
                outbox.synchronise(home, now)
                courier = Courier(
                    home=home,
                    connector=connector,
                    lease=lease,
                    now=now,
                    counted_at=counted_at or now,
                    run_id=run_id,
                )
                discarded += _deliver_to(courier)
        except (LeaseHeldError, FencedError) as error:
            notes.append(str(error))
    states = outbox.counts_by_state(home)
    return DeliveryReport(
        new_documents=new_documents,
        posted=states.get(State.POSTED, 0) - posted_before,
        states=states,
        discarded_drafts=discarded,
        notes=tuple(notes),
    )


def _open_documents(home: Home) -> list[outbox.OutboxDocument]:
    return outbox.documents(home, _OPEN)


def _deliver_to(courier: Courier) -> int:
    """Take up what others left, clean up, send; what stays unknown is for the next run."""
    resolving.mark_interrupted(courier)
    resolving.resolve(courier)
    resolving.recheck_conflicts(courier)
    discarded = resolving.discard_orphans(courier)
    # A document the ERP refused is sent again once per run: its cause may be healed.
    refused = courier.documents([State.REJECTED, State.HELD])
    for _ in range(_ROUNDS):
        drafted = [each for each in courier.documents([State.DRAFTED]) if courier.is_due(each)]
        sending.commit(courier, drafted)
        prepared = [each for each in courier.documents([State.PREPARED]) if courier.is_due(each)]
        waiting = sending.hold_back(courier, prepared + refused)
        if not waiting and not drafted:
            break
        sending.send(courier, waiting)
        refused = []
        resolving.resolve(courier)
    return discarded + resolving.discard_orphans(courier)
