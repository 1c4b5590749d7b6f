"""The dbt models as assets: the books before sealing, the proof after posting.

Belongs here: how Dagster names and groups what dbt builds; telling it what dbt did.
Does not: running dbt (dbt_in_process) or a model's meaning (dbt_project).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import publishing
from orchestration.dbt_in_process import DbtBuildError, Outcome
from orchestration.defs.resources import WAREHOUSE_POOL, RunRequest, run_of
from orchestration.runs import Run
from orchestration.workplace import Workplace

BOOKS = "books"
PROOF = "proof"
_DEFAULT_OWNER = "data-platform"


class TieoutTranslator(DagsterDbtTranslator):
    """Names are addresses: the key is `[schema, name]`, the group is the area."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """Return dagster-dbt's spec with our group, owner and kinds."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] == "source":
            return spec
        return spec.replace_attributes(
            group_name=_area(node), owners=[_owner(node)], kinds={"dbt", "duckdb"}
        )


def assets(work: Workplace) -> list[dg.AssetsDefinition]:
    """Return the models of both sides of the posting."""
    return [_models(work, BOOKS), _models(work, PROOF)]


def _models(work: Workplace, tag: str) -> dg.AssetsDefinition:
    """Return all models of one tag, built by one step."""
    translator = TieoutTranslator()
    manifest = work.project.manifest

    @dbt_assets(
        manifest=manifest,
        select=f"tag:{tag}",
        dagster_dbt_translator=translator,
        name=tag,
        pool=WAREHOUSE_POOL,
    )
    def models(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace], request: RunRequest
    ) -> Iterator[Any]:
        run = run_of(context, work, request)
        outcome = Outcome()
        with run.station(tag) as station:
            station.is_timed_elsewhere = True
            for event in run.build(tag, _selection(context, tag), outcome):
                message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
                yield from message.to_default_asset_events(manifest, translator, context)
            _raise_if_failed(run, tag, outcome)
            station.sentence = f"{len(outcome.nodes)} models and invariants"

    return models


def _selection(context: dg.AssetExecutionContext, tag: str) -> list[str]:
    """Return dbt's selection of what Dagster selected: the tag, or models by name."""
    if not context.is_subset or context.selected_asset_keys == context.assets_def.keys:
        return [f"tag:{tag}"]
    return sorted(key.path[-1] for key in context.selected_asset_keys)


def _raise_if_failed(run: Run, tag: str, outcome: Outcome) -> None:
    """Stop the run, after areas that stand whole have been published."""
    try:
        outcome.raise_if_failed()
    except DbtBuildError as error:
        run.record.update(failure=str(error))
        publishing.publish_unharmed(run, tag, outcome)
        raise dg.Failure(str(error), allow_retries=False) from error


def _area(node: Mapping[str, Any]) -> str:
    """Return the schema of a mart, the folder of an intermediate model.

    Staging of what came in and staging of what went out are two places in the flow.
    """
    schema, folder = node["schema"], node["fqn"][1:-1]
    if schema == "intermediate" or folder == ["staging", "posting"]:
        return folder[-1]
    return schema


def _owner(node: Mapping[str, Any]) -> str:
    owner = str(node["config"]["meta"].get("owner", _DEFAULT_OWNER))
    return owner if "@" in owner else f"team:{owner}"


def tables_read_by(manifest: Mapping[str, Any], tag: str) -> set[tuple[str, str]]:
    """Return (schema, table) of the sources that models of a tag read."""
    sources = manifest["sources"]
    return {
        (sources[parent]["source_name"], sources[parent]["name"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and tag in node["tags"]
        for parent in node["depends_on"]["nodes"]
        if parent in sources
    }
