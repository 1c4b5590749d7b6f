"""Rules of meters that need more than one value.

Belongs here: conditions whose meter is there, properties an aggregation needs or has no use for,
    aggregations that carry units or are taken by the day or the hour.
Does not: which events meet the conditions (the models).
"""

from collections.abc import Iterator, Mapping

from ingestion.company_tables import ReferenceRow
from ingestion.mistakes import Mistakes

_METERS = "reference/meters.csv"
_CONDITIONS = "reference/meter_conditions.csv"
_UNIQUE = ("unique_count", "prorated_unique_count")
_CARRYING = ("sum", "weighted_sum", "prorated_sum", *_UNIQUE)
_BY_SPANS = ("max", "latest", "unique_count")

Tables = Mapping[str, tuple[ReferenceRow, ...]]


def check_meters(tables: Tables, mistakes: Mistakes) -> None:
    """Note conditions that no meter has, and meters that contradict themselves."""
    if _METERS in mistakes.unreadable:
        return
    declared = {row["meter_code"] for row in tables["meters"]}
    conditional = {row["meter_code"] for row in tables["meter_conditions"]}
    for row in tables["meter_conditions"]:
        if row["meter_code"] not in declared:
            cure = f"{_METERS} has no such meter_code. Add it there or correct this row."
            mistakes.add(_CONDITIONS, row.line, row["meter_code"], cure)
    for row in tables["meters"]:
        listened_to = row["event_meter_code"] or row["meter_code"]
        if listened_to in conditional:
            cure = (
                "A meter with conditions takes part of the events of another name. Give it an"
                " event_meter_code that no meter with conditions has as its own."
            )
            mistakes.add(_METERS, row.line, listened_to, cure)
        for value, cure in _contradictions(row):
            mistakes.add(_METERS, row.line, value, cure)


def _contradictions(row: ReferenceRow) -> Iterator[tuple[str, str]]:
    aggregation = row["aggregation"]
    if aggregation in _UNIQUE and not row["unique_property"]:
        yield aggregation, "It counts the values of a property. Fill unique_property in."
    if aggregation not in _UNIQUE:
        for column in ("unique_property", "operation_property"):
            if row[column]:
                yield row[column], f"Only unique counts have a use for {column}. Empty it."
    if row["carried_units"] in {"whole", "prorated"} and aggregation not in _CARRYING:
        yield row["carried_units"], f"What {aggregation} would carry is not defined. Empty it."
    if row["carried_units"] == "prorated" and not aggregation.startswith(("prorated", "weighted")):
        yield (
            "prorated",
            f"{aggregation} does not count days. Carry whole units or use prorated_sum.",
        )
    if row["carried_units"] == "whole" and aggregation in {"weighted_sum", "prorated_unique_count"}:
        yield "whole", f"{aggregation} always counts the time. Carry prorated units."
    if row["measured_by"] in {"day", "hour"} and aggregation not in _BY_SPANS:
        cure = f"Only {', '.join(_BY_SPANS)} are taken by the day or the hour and then added up."
        yield row["measured_by"], f"{cure} Empty it."
    if row["measured_by"] in {"day", "hour"} and row["carried_units"] in {"whole", "prorated"}:
        yield (
            row["carried_units"],
            "What is taken by the day or the hour carries nothing. Empty it.",
        )
