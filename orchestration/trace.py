"""Tracing: from any ID down to what it came from, and up to what it became.

Belongs here: finding what an ID names, walking lineage.links both ways.
Does not: making the links (dbt's lineage marts), words for what was found (trace_words), or how it
is printed (trace_tree).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from core.errors import TieoutError
from core.home import Home
from orchestration import publish
from orchestration.trace_words import Node, Thing, describe, describe_usage_event
from orchestration.warehouse import open_warehouse

_MOST_STEPS = 12
_DOWN = ("to", "from")
_UP = ("from", "to")


class UnknownIdError(TieoutError):
    """Nothing is known under an ID."""


class WarehouseBusyError(TieoutError):
    """A run is writing the warehouse, which alone knows single usage events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One step: from where, to what, how far from the ID asked for."""

    depth: int
    parent: Node
    child: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything found around an ID.

    Attributes:
        nodes: what the ID names; several things may share one.
        came_from: links down towards the events.
        became: links up towards the ERP.
        things: every node of it, in words and facts.
    """

    nodes: list[Node]
    came_from: list[Link]
    became: list[Link]
    things: dict[Node, Thing]

    def facts(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {name: [asdict(each) for each in getattr(self, name)] for name in _PARTS} | {
            "things": [asdict(node) | asdict(thing) for node, thing in self.things.items()]
        }


_PARTS = ("nodes", "came_from", "became")

# Events are linked by a hash; people know them by the ids their sources gave them.
_NAMED_LINKS = """
    create or replace temp table named_links as
    select
        links.from_type,
        coalesce(from_events.source || ':' || from_events.event_id, links.from_key) as from_key,
        links.to_type,
        links.to_key
    from lineage.links as links
    left join lineage.events as from_events
        on links.from_type = 'event' and links.from_key = from_events.event_key
"""
_FOUND = """
    with known as (
        select from_type as kind, from_key as key from named_links
        union all
        select to_type, to_key from named_links
        union all
        select 'event', source || ':' || event_id from lineage.events
    )
    select kind, key from known
    where key = $1
        or (kind = 'event' and suffix(key, ':' || $1))
        or (kind = 'subledger_line' and length($1) >= 8 and prefix(key, $1))
    union
    select 'erp_document', erp_code || ':' || erp_document_id from journals.journal_entries
    where erp_number = $1
    union
    select 'event', events.source || ':' || events.event_id
    from contracts.workflow_states as workflows
    inner join lineage.events as events on workflows.event_key = events.event_key
    where workflows.amendment_id = $1
    order by kind, key
"""
_USAGE_EVENT = """
    select events.source, events.event_id, events.subject, events.meter_code, events.quantity,
        events.occurred_at, events.landed_path, events.landed_line, events.usage_key,
        events.usage_charge_id, events.correction, events.correcting_event_id,
        corrections.corrected_event_id
    from lineage.usage_event_charges as events
    left join usage.usage_corrections as corrections
        on events.source = corrections.source and events.event_id = corrections.event_id
    where events.event_id = $1 or events.source || ':' || events.event_id = $1 or usage_key = $1
    union all
    select source, event_id, subject_before, meter_code_before, quantity_after, corrected_at,
        landed_path, landed_line,
        source || '|' || subject_before || '|' || meter_code_before || '|'
        || occurred_at_before::date, null, null, null, corrected_event_id
    from usage.usage_corrections
    where correction = 'cancelled'
        and (event_id = $1 or usage_correction_key = $1 or corrected_event_id = $1
            or source || ':' || corrected_event_id = $1)
    order by occurred_at, source, event_id
"""


def trace(home: Home, identifier: str) -> Trace:
    """Follow an ID both ways through the published lineage.

    Single usage events are in no mart, because there would be a row for each: an ID the marts do
    not know is looked up in the warehouse's view of them. So are the events of a day of usage.

    Raises:
        UnknownIdError: nothing knows it.
        WarehouseBusyError: the marts do not know it, and the warehouse cannot be asked.
    """
    with publish.open_marts(home.marts) as connection:
        nodes, things = find(connection, home, identifier)
        came_from = list(_walk(connection, nodes, _DOWN))
        became = list(_walk(connection, nodes, _UP))
        reached = [*nodes, *(link.child for link in (*came_from, *became))]
        return Trace(
            nodes=nodes,
            came_from=came_from,
            became=became,
            things=describe(connection, reached) | things,
        )


def find(
    connection: duckdb.DuckDBPyConnection, home: Home, identifier: str
) -> tuple[list[Node], dict[Node, Thing]]:
    """Return what an ID names, and in words what the published marts cannot describe.

    Lays out the temporary table `named_links` on the connection.

    Raises:
        UnknownIdError: nothing knows it.
        WarehouseBusyError: the marts do not know it, and the warehouse cannot be asked.
    """
    connection.execute(_NAMED_LINKS)
    nodes, things = _find(connection, identifier), {}
    if not nodes or nodes[0].kind == "usage":
        things = _usage_events(connection, home, identifier)
        nodes = nodes or list(things)
    if not nodes:
        raise UnknownIdError(
            f"Nothing is known under '{identifier}'. Give the ID of an event, opportunity,"
            " quote, customer, contract, amendment, invoice, credit, payment, ticket, usage charge,"
            " subledger line, journal line (DOCUMENT:LINE), journal document or ERP document (its"
            " number, or ERP:ID)."
            " What was not accepted is listed by `tieout exceptions`."
        )
    return nodes, things


def _find(connection: duckdb.DuckDBPyConnection, identifier: str) -> list[Node]:
    rows = connection.execute(_FOUND, [identifier]).fetchall()
    return [Node(kind=kind, key=key) for kind, key in rows]


def _usage_events(
    connection: duckdb.DuckDBPyConnection, home: Home, identifier: str
) -> dict[Node, Thing]:
    """Find usage events, and link each to the day of usage asked for, or to its charge.

    One that has no charge yet is linked to its day of usage, which says why.
    """
    things = {}
    for row in _read_usage_events(home, identifier):
        node = Node(kind="event", key=f"{row['source']}:{row['event_id']}")
        charge = row["usage_charge_id"]
        is_day = not charge or row["usage_key"] == identifier
        to = ("usage", row["usage_key"]) if is_day else ("usage_charge", charge)
        if to[1]:
            connection.execute("insert into named_links values ('event', ?, ?, ?)", [node.key, *to])
        things[node] = describe_usage_event(row)
    return things


def _read_usage_events(home: Home, identifier: str) -> list[dict[str, Any]]:
    try:
        with open_warehouse(home.warehouse, read_only=True) as warehouse:
            found = warehouse.execute(_USAGE_EVENT, [identifier])
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.IOException as error:
        raise WarehouseBusyError(
            f"'{identifier}' is in no published mart, and usage events cannot be looked up: a run"
            f" is writing {home.warehouse}, or has not made it. Try again when the run is over."
        ) from error


def _walk(
    connection: duckdb.DuckDBPyConnection, start: list[Node], direction: tuple[str, str]
) -> Iterator[Link]:
    """Yield the links reached step by step; each thing is left once, so circles end."""
    here, there = direction
    connection.execute("create or replace temp table seen (kind varchar, key varchar)")
    connection.execute("create or replace temp table front (kind varchar, key varchar)")
    connection.executemany("insert into front values (?, ?)", [(n.kind, n.key) for n in start])
    for depth in range(1, _MOST_STEPS + 1):
        connection.execute("insert into seen from front")
        rows = connection.execute(
            f"select distinct {here}_type, {here}_key, {there}_type, {there}_key"
            " from named_links"
            f" semi join front on {here}_type = front.kind and {here}_key = front.key"
            " order by all"
        ).fetchall()
        if not rows:
            return
        for kind, key, other_kind, other_key in rows:
            yield Link(
                depth=depth,
                parent=Node(kind=kind, key=key),
                child=Node(kind=other_kind, key=other_key),
            )
        connection.execute(
            "create or replace temp table front as"
            f" select distinct {there}_type as kind, {there}_key as key from named_links"
            f" semi join front on {here}_type = front.kind and {here}_key = front.key"
            f" anti join seen on {there}_type = seen.kind and {there}_key = seen.key"
        )
