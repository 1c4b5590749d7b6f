"""Circles of corrections: the correction that closes one is refused, as nothing in it would count.

Corrections are added one by one in the order they came, so one landing says what many would. Each
event corrects one and is corrected once: what stands are chains, and of a chain its ends suffice.

Belongs here: which new corrections would close a circle, and what to say of them.
Does not: refusing them, or second corrections of one event (corrections).
"""

import duckdb

_Event = tuple[str, str]  # source and id


class _Chains:
    """The corrections that stand so far, as chains from the last word down to the first event."""

    def __init__(self) -> None:
        self.corrected_by: dict[_Event, str] = {}
        self._bottoms: dict[_Event, _Event] = {}  # of a top
        self._tops: dict[_Event, _Event] = {}  # of a bottom

    def know(self, bottom: _Event, *, corrected_by: str, top: str) -> None:
        """Take in a chain of earlier ingests."""
        self.corrected_by[bottom] = corrected_by
        self._join((bottom[0], top), bottom)

    def closes_circle(self, correcting: _Event, corrected: _Event) -> bool:
        """Say whether a correction of what nothing corrects yet leads back to itself."""
        return self._bottoms.get(corrected, corrected) == correcting

    def add(self, correcting: _Event, corrected: _Event) -> None:
        """Let a correction stand: the chain below its event now hangs under the one above it."""
        self.corrected_by[corrected] = correcting[1]
        self._join(self._tops.get(correcting, correcting), self._bottoms.get(corrected, corrected))

    def _join(self, top: _Event, bottom: _Event) -> None:
        self._bottoms[top] = bottom
        self._tops[bottom] = top


def create_circles(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `circles`: ordinal and sentence of each of `new_corrections` that closes a circle.

    In a circle every event corrects and is corrected. Only corrections that do, and those that
    came before or after them for the same event, leave the database.
    """
    connection.execute(
        """
        create temp table circles (ordinal bigint, sentence varchar);

        create temp table links as
        select ordinal, source, event_id, corrected_event_id
        from new_corrections
        semi join (
            select source, corrected_event_id as event_id from new_corrections
            union all
            select source, corrected_event_id from waiting_corrections
        ) as named using (source, event_id)
        semi join (
            select source, event_id as corrected_event_id from new_corrections
            union all
            select source, event_id from known_corrections
        ) as correcting using (source, corrected_event_id);
        """
    )
    in_order = connection.execute(
        """
        select ordinal, source, event_id, corrected_event_id
        from new_corrections
        semi join links using (source, corrected_event_id)
        anti join known_corrections using (source, corrected_event_id)
        order by ordinal
        """
    ).fetchall()
    if not in_order:
        return
    chains, circles = _known_chains(connection), []
    for ordinal, source, event_id, corrected_id in in_order:
        event, corrected = (source, event_id), (source, corrected_id)
        if corrected in chains.corrected_by:
            continue
        if not chains.closes_circle(event, corrected):
            chains.add(event, corrected)
            continue
        sentence = (
            f"Usage {event_id} of {source} corrects {corrected_id}, and "
            f"{chains.corrected_by[event]} corrects {event_id}: in a circle nothing counts. Have "
            "the source say which event replaces which."
        )
        circles.append((ordinal, sentence))
    if circles:
        connection.executemany("insert into circles values (?, ?)", circles)


def _known_chains(connection: duckdb.DuckDBPyConnection) -> _Chains:
    """Return the chains of earlier ingests that waited for an event which itself corrects."""
    chains = _Chains()
    walked = connection.execute(
        """
        with recursive known as materialized (
            select source, event_id, corrected_event_id from known_corrections
        ),
        chain as (
            select source, corrected_event_id as bottom, event_id as top, 1 as depth
            from waiting_corrections
            semi join (
                select source, event_id as corrected_event_id from links
            ) as bottoms using (source, corrected_event_id)
            union all
            select chain.source, chain.bottom, above.event_id, chain.depth + 1
            from chain
            inner join known as above
                on chain.source = above.source and chain.top = above.corrected_event_id
        )
        select source, bottom, arg_min(top, depth), arg_max(top, depth)
        from chain
        group by source, bottom
        """
    ).fetchall()
    for source, bottom, corrected_by, top in walked:
        chains.know((source, bottom), corrected_by=corrected_by, top=top)
    return chains
