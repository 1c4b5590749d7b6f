"""The reference tables of meters: which events a meter takes, and what it makes of them.

Belongs here: one declaration per table, as in reference_tables, and the choices of its columns.
Does not: rules across rows (meter_checks); what a unit costs (price_tables).
"""

from ingestion.table_columns import Column, Table, choice, text

AGGREGATIONS = (
    *("sum", "each", "count", "max", "latest", "unique_count"),
    *("weighted_sum", "prorated_sum", "prorated_unique_count"),
)

METER_TABLES = (
    Table(
        name="meters",
        columns=(
            Column(name="meter_code"),
            Column(name="event_meter_code", is_optional=True),
            choice("aggregation", *AGGREGATIONS),
            choice("measured_by", "month", "day", "hour", is_optional=True),
            choice("carried_units", "none", "whole", "prorated", is_optional=True),
            Column(name="unique_property", is_optional=True),
            Column(name="operation_property", is_optional=True),
            Column(name="group_property", is_optional=True),
        ),
        key=("meter_code",),
    ),
    Table(
        name="meter_conditions",
        columns=text("meter_code", "property", "value"),
        key=("meter_code", "property", "value"),
    ),
)
