"""Which marts are published when: each area on its own, as soon as it stands whole.

Belongs here: which tables an area publishes; what still can be published after a failure.
Does not: writing and swapping files (publish).
"""

from collections.abc import Mapping
from typing import Any

from orchestration import publish, warehouse
from orchestration.dbt_in_process import Outcome
from orchestration.runs import Run

_NOT_PUBLIC = frozenset({"staging", "intermediate", "policy"})


def public_areas(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the marts of every area, by area.

    A mart that is a view answers for single rows of raw/ and is asked in the warehouse: publishing
    it would store a row per usage event.
    """
    areas: dict[str, list[str]] = {}
    for node in manifest["nodes"].values():
        if _is_public(node):
            areas.setdefault(node["schema"], []).append(node["name"])
    return {area: sorted(names) for area, names in sorted(areas.items())}


def _is_public(node: Mapping[str, Any]) -> bool:
    return (
        node["resource_type"] == "model"
        and node["schema"] not in _NOT_PUBLIC
        and node["config"]["materialized"] != "view"
    )


def publish_area(run: Run, area: str) -> dict[str, int]:
    """Publish one area of the warehouse; return the rows of each mart."""
    tables = public_areas(run.work.project.manifest)[area]
    with warehouse.open_warehouse(run.home.warehouse, read_only=True) as connection:
        return publish.publish_area(connection, run.home.marts, area, tables, run.run_id)


def publish_unharmed(run: Run, tag: str, outcome: Outcome) -> list[str]:
    """Publish the areas whose every model and test succeeded although others did not.

    An area counts only when all its models are built on this side of the posting: one that is
    completed on the other side would mix two runs.
    """
    nodes = run.work.project.manifest["nodes"]
    results = {node.unique_id: node for node in outcome.nodes}
    harmed = {
        area
        for unique_id, node in results.items()
        if not node.is_successful
        for area in _areas_of(nodes, unique_id)
    }
    built = {
        area
        for area in public_areas(run.work.project.manifest)
        if all(
            unique_id in results and tag in node["tags"]
            for unique_id, node in nodes.items()
            if node["resource_type"] == "model" and node["schema"] == area
        )
    }
    published = sorted(built - harmed)
    for area in published:
        publish_area(run, area)
    if published:
        publish.publish_file(run.home.marts, run.run_id)
    return published


def _areas_of(nodes: Mapping[str, Any], unique_id: str) -> set[str]:
    """Return the areas a node speaks about: its own, or those of everything a test compares."""
    node = nodes[unique_id]
    if node["resource_type"] != "test":
        return {node["schema"]}
    return {nodes[parent]["schema"] for parent in node["depends_on"]["nodes"] if parent in nodes}
