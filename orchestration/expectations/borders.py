"""What is expected of canonical events and of journals before anything is sealed.

Belongs here: the expectations, the bounded frame each group of them looks at, running them.
Does not: Dagster (defs.control), or equalities of money (dbt tests hold those exactly).

Great Expectations takes six seconds to import, so that happens inside `validate`.
"""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pandas as pd

from core.money import currency_exponents
from ingestion.quarantine import Reason
from ingestion.reference_tables import ACCOUNT_ROLES, ENTRY_TYPES

_MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One expectation of one frame.

    Attributes:
        name: what must hold, as people read it in the UI.
        asset: schema and table it is about.
        frame: which frame it looks at.
        kind: the class of Great Expectations.
        arguments: of that class.
    """

    name: str
    asset: tuple[str, str]
    frame: str
    kind: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an expectation holds, with what Great Expectations saw."""

    expectation: Expectation
    is_met: bool
    observed: Mapping[str, Any]


# A frame is an aggregate over every row, or the rows that should not be there: what is cut off at
# the bound can hide the size of a fault, never the fault. Integers stay integers because no column
# holds nulls; text stays text.
FRAMES = {
    "landed_files": """
        select
            landed_count - accepted_count - duplicate_count - quarantined_count
                as unaccounted_count,
            count(*) as file_count
        from raw.manifest
        group by unaccounted_count
        order by abs(unaccounted_count) desc, unaccounted_count
    """,
    "event_types": """
        select event_type, count(*) as event_count
        from raw.events
        group by event_type
        order by event_type
    """,
    "events_by_source": """
        select
            source,
            count(*) - count(distinct event_id) as repeated_count,
            min(coalesce(landed_line, 0)) as first_landed_line
        from raw.events
        group by source
        order by repeated_count = 0 and first_landed_line > 0, source
    """,
    "usage_by_meter": """
        select
            source,
            meter_code,
            count(*) filter (where quantity is null) as unmeasured_count,
            count(*) filter (where usage_day is distinct from cast(occurred_at as date))
                as misdated_count
        from raw.usage
        semi join (
            select manifest_number
            from raw.manifest
            where manifest_number > (select coalesce(max(raw_head), 0) from ledger.batches)
        ) as unsealed using (manifest_number)
        group by source, meter_code
        order by unmeasured_count = 0 and misdated_count = 0, source, meter_code
    """,
    "quarantine_codes": """
        select reason_code, count(*) as row_count
        from raw.quarantine
        group by reason_code
        order by reason_code
    """,
    "repeated_line_keys": """
        select subledger_line_key, count(*) as line_count
        from journals.proposed_lines
        group by subledger_line_key
        having count(*) > 1
        order by subledger_line_key
    """,
    "proposed_lines": """
        select
            account_role,
            entry_type,
            transaction_currency,
            functional_currency,
            accounting_period,
            min(length(coalesce(account_code, ''))) as shortest_account_code,
            min(length(coalesce(document_identity, ''))) as shortest_document_identity,
            count(*) as line_count
        from journals.proposed_lines
        group by all
        order by all
    """,
    "proposed_entry_groups": """
        select
            entry_group_key,
            cast(sum(difference_minor) as bigint) as imbalance_minor,
            cast(sum(difference_functional_minor) as bigint) as functional_imbalance_minor
        from journals.proposed_lines
        group by entry_group_key
        having sum(difference_minor) <> 0 or sum(difference_functional_minor) <> 0
        order by entry_group_key
    """,
}

_MANIFEST = ("raw", "manifest")
_EVENTS = ("raw", "events")
_USAGE = ("raw", "usage")
_QUARANTINE = ("raw", "quarantine")
_PROPOSED = ("journals", "proposed_lines")

EXPECTATIONS = (
    Expectation(
        name="landed_is_accepted_duplicate_or_quarantined",
        asset=_MANIFEST,
        frame="landed_files",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "unaccounted_count", "value_set": [0]},
    ),
    Expectation(
        name="event_types_are_registered",
        asset=_EVENTS,
        frame="event_types",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "event_type"},  # the registry's types are filled in by `suite`
    ),
    Expectation(
        name="events_are_accepted_once",
        asset=_EVENTS,
        frame="events_by_source",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "repeated_count", "value_set": [0]},
    ),
    Expectation(
        name="events_name_the_line_they_landed_on",
        asset=_EVENTS,
        frame="events_by_source",
        kind="ExpectColumnValuesToBeBetween",
        arguments={"column": "first_landed_line", "min_value": 1},
    ),
    Expectation(
        name="usage_has_a_quantity",
        asset=_USAGE,
        frame="usage_by_meter",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "unmeasured_count", "value_set": [0]},
    ),
    Expectation(
        name="usage_lies_on_the_day_it_occurred",
        asset=_USAGE,
        frame="usage_by_meter",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "misdated_count", "value_set": [0]},
    ),
    Expectation(
        name="quarantine_codes_are_known",
        asset=_QUARANTINE,
        frame="quarantine_codes",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "reason_code", "value_set": [str(reason) for reason in Reason]},
    ),
    Expectation(
        name="proposed_lines_have_unique_keys",
        asset=_PROPOSED,
        frame="repeated_line_keys",
        kind="ExpectTableRowCountToEqual",
        arguments={"value": 0},
    ),
    Expectation(
        name="proposed_lines_have_an_account",
        asset=_PROPOSED,
        frame="proposed_lines",
        kind="ExpectColumnValuesToBeBetween",
        arguments={"column": "shortest_account_code", "min_value": 1},
    ),
    Expectation(
        name="proposed_lines_have_a_document",
        asset=_PROPOSED,
        frame="proposed_lines",
        kind="ExpectColumnValuesToBeBetween",
        arguments={"column": "shortest_document_identity", "min_value": 1},
    ),
    Expectation(
        name="account_roles_are_known",
        asset=_PROPOSED,
        frame="proposed_lines",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "account_role", "value_set": list(ACCOUNT_ROLES)},
    ),
    Expectation(
        name="entry_types_are_known",
        asset=_PROPOSED,
        frame="proposed_lines",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "entry_type", "value_set": list(ENTRY_TYPES)},
    ),
    Expectation(
        name="transaction_currencies_are_iso_4217",
        asset=_PROPOSED,
        frame="proposed_lines",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "transaction_currency", "value_set": list(currency_exponents())},
    ),
    Expectation(
        name="functional_currencies_are_iso_4217",
        asset=_PROPOSED,
        frame="proposed_lines",
        kind="ExpectColumnValuesToBeInSet",
        arguments={"column": "functional_currency", "value_set": list(currency_exponents())},
    ),
    Expectation(
        name="accounting_periods_are_months",
        asset=_PROPOSED,
        frame="proposed_lines",
        kind="ExpectColumnValuesToMatchRegex",
        arguments={"column": "accounting_period", "regex": r"^\d{4}-(?:0[1-9]|1[0-2])$"},
    ),
    Expectation(
        name="entry_groups_balance_in_both_currencies",
        asset=_PROPOSED,
        frame="proposed_entry_groups",
        kind="ExpectTableRowCountToEqual",
        arguments={"value": 0},
    ),
)


def validate(
    connection: duckdb.DuckDBPyConnection,
    names: Collection[str],
    event_types: Sequence[str],
    frames: Mapping[str, str] = FRAMES,
) -> list[Verdict]:
    """Check the named expectations against the warehouse; return a verdict for each."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
    import great_expectations as gx  # noqa: PLC0415  # six seconds
    from great_expectations import expectations as kinds  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("warehouse")
    verdicts = []
    for frame in frames:
        wanted = [item for item in EXPECTATIONS if item.frame == frame and item.name in names]
        if not wanted:
            continue
        batch = source.add_dataframe_asset(frame).add_batch_definition_whole_dataframe(frame)
        suite = gx.ExpectationSuite(
            name=frame,
            expectations=[
                getattr(kinds, item.kind)(**_arguments(item, event_types), meta={"name": item.name})
                for item in wanted
            ],
        )
        checked = gx.ValidationDefinition(name=frame, data=batch, suite=context.suites.add(suite))
        results = context.validation_definitions.add(checked).run(
            batch_parameters={"dataframe": _frame(connection, frames[frame])},
            result_format={"result_format": "SUMMARY", "partial_unexpected_count": 5},
        )
        verdicts += _verdicts(wanted, results)
    return verdicts


def _verdicts(wanted: Sequence[Expectation], results: Any) -> list[Verdict]:  # noqa: ANN401
    by_name = {item.name: item for item in wanted}
    return [
        Verdict(
            expectation=by_name[result.expectation_config.meta["name"]],
            is_met=bool(result.success),
            observed=result.to_json_dict()["result"],
        )
        for result in results.results
    ]


def _arguments(item: Expectation, event_types: Sequence[str]) -> dict[str, Any]:
    if item.frame == "event_types":
        return {**item.arguments, "value_set": list(event_types)}
    return dict(item.arguments)


def _frame(connection: duckdb.DuckDBPyConnection, query: str) -> pd.DataFrame:
    return connection.execute(f"select * from ({query}) limit {_MOST_ROWS}").df()
