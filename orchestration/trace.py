"""Tracing: from any ID down to what it came from, and up to what it became.

Belongs here: walking lineage.links both ways, showing what was found.
Does not: making the links (dbt's lineage marts).
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import duckdb
from rich.console import Console
from rich.tree import Tree

from core.errors import TieoutError
from core.home import Home
from orchestration import publish
from orchestration.warehouse import open_warehouse

_MOST_STEPS = 12
_MOST_SHOWN = 25
_DOWN = ("to", "from")
_UP = ("from", "to")


class UnknownIdError(TieoutError):
    """Nothing is known under an ID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Something with an ID."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One step: from where, to what, how far from the ID asked for."""

    depth: int
    parent: Node
    child: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything found around an ID."""

    nodes: list[Node]
    came_from: list[Link]
    became: list[Link]

    def facts(self) -> dict[str, Any]:
        """Return the same for programs."""
        return {name: [asdict(each) for each in getattr(self, name)] for name in _PARTS}


_NAMED_LINKS = """
    create or replace temp table named_links as
    select
        links.from_type,
        coalesce(from_events.event_name, links.from_key) as from_key,
        links.to_type,
        coalesce(to_events.event_name, links.to_key) as to_key
    from lineage.links as links
    left join event_names as from_events
        on links.from_type = 'event' and links.from_key = from_events.event_key
    left join event_names as to_events
        on links.to_type = 'event' and links.to_key = to_events.event_key
"""
_PARTS = ("nodes", "came_from", "became")


def trace(home: Home, identifier: str) -> Trace:
    """Follow an ID both ways through the published lineage.

    Raises:
        UnknownIdError: no link knows it.
    """
    with publish.open_marts(home.marts) as connection:
        _name_events(connection, home, identifier)
        nodes = _find(connection, identifier)
        if not nodes:
            raise UnknownIdError(
                f"Nothing is known under '{identifier}'. Give an event, contract, invoice, usage"
                " charge, journal line (DOCUMENT:LINE), document key or ERP document."
                " What was not accepted is listed by `tieout exceptions`."
            )
        return Trace(
            nodes=nodes,
            came_from=list(_walk(connection, nodes, _DOWN)),
            became=list(_walk(connection, nodes, _UP)),
        )


def show(found: Trace, console: Console) -> None:
    """Print both directions as trees."""
    for node in found.nodes:
        for title, links in (("came from", found.came_from), ("became", found.became)):
            tree = Tree(f"[bold]{node.kind} {node.key}[/bold] {title}")
            _grow(tree, node, links, set())
            if tree.children:
                console.print(tree)
            else:
                console.print(f"{node.kind} {node.key} {title}: nothing")


def _name_events(connection: duckdb.DuckDBPyConnection, home: Home, identifier: str) -> None:
    """Lay the links out with events under the ids their sources gave them.

    Business events are named from raw/. A usage event is in no link, because there would be one
    per event: the one asked for is resolved by the warehouse's view.
    """
    with open_warehouse(home.warehouse, read_only=True) as warehouse:
        names = warehouse.execute(
            "select event_key, source || ':' || event_id from raw.events order by event_key"
        ).to_arrow_table()
        usage = warehouse.execute(
            "select source || ':' || event_id, usage_key, usage_charge_id"
            " from lineage.usage_event_charges"
            " where event_id = $1 or source || ':' || event_id = $1 order by all",
            [identifier],
        ).fetchall()
    connection.register("event_names", names.rename_columns(["event_key", "event_name"]))
    connection.execute(_NAMED_LINKS)
    for event, usage_key, charge in usage:
        to = ("usage_charge", charge) if charge else ("held_usage", usage_key)
        connection.execute("insert into named_links values ('event', ?, ?, ?)", [event, *to])


def _find(connection: duckdb.DuckDBPyConnection, identifier: str) -> list[Node]:
    rows = connection.execute(
        "select distinct kind, key from ("
        " select from_type as kind, from_key as key from named_links"
        " union all select to_type, to_key from named_links)"
        " where key = $1 or (kind = 'event' and suffix(key, ':' || $1))"
        " order by kind, key",
        [identifier],
    ).fetchall()
    return [Node(kind=kind, key=key) for kind, key in rows]


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


def _grow(tree: Tree, node: Node, links: list[Link], above: set[Node]) -> None:
    """Hang what a thing leads to under it; each thing is opened once."""
    above.add(node)
    children = [link.child for link in links if link.parent == node]
    for child in children[:_MOST_SHOWN]:
        branch = tree.add(f"{child.kind} {child.key}")
        if child not in above:
            _grow(branch, child, links, above)
    if len(children) > _MOST_SHOWN:
        tree.add(f"and {len(children) - _MOST_SHOWN} more; --json lists all")
