"""The reference tables of prices: price plans, their tiers, and what else they say.

Belongs here: one declaration per table, as in reference_tables, and the choices of its columns.
Does not: rules across rows (company_checks, price_term_checks, charge_term_checks).
"""

from ingestion.table_columns import (
    VALID_FROM,
    Column,
    Table,
    choice,
    currency,
    optional_amounts,
    text,
)

PRICE_MODELS = (
    *("flat", "per_unit", "graduated", "volume", "package", "dynamic", "graduated_percentage"),
    *("block_graduated", "block_volume", "percentage", "capacity", "prorated_graduated"),
)
ROUNDING_MODES = ("half_up", "ceiling", "floor")
ROUNDING_PLACES = ("tier", "amount", "charge")
DISCOUNT_TYPES = ("percent", "fixed", "free_units")

PRICE_TABLES = (
    Table(
        name="prices",
        columns=(
            *text("price_id", "product_code", "meter_code"),
            currency("currency"),
            choice("price_model", *PRICE_MODELS),
            Column(name="included_quantity", kind="decimal", scale=6, is_optional=True),
            Column(name="package_size", kind="decimal", scale=6, is_optional=True),
            VALID_FROM,
        ),
        key=("price_id", "valid_from"),
    ),
    Table(
        name="price_tiers",
        columns=(
            *text("price_id", "tier_number"),
            Column(name="up_to_quantity", kind="decimal", scale=6, is_optional=True),
            Column(name="unit_price", kind="decimal", is_signed=True),
            Column(name="flat_amount", kind="decimal", is_signed=True, is_optional=True),
            VALID_FROM,
        ),
        key=("price_id", "tier_number", "valid_from"),
    ),
    Table(
        name="price_terms",
        columns=(
            Column(name="price_id"),
            choice("conversion_operation", "multiply", "divide", is_optional=True),
            Column(name="conversion_factor", kind="decimal", whole_digits=12, is_optional=True),
            Column(name="conversion_decimals", kind="decimal", scale=0, is_optional=True),
            choice("conversion_rounding", *ROUNDING_MODES, is_optional=True),
            choice("package_rounding", *ROUNDING_MODES, is_optional=True),
            VALID_FROM,
        ),
        key=("price_id", "valid_from"),
    ),
    Table(
        name="price_tier_terms",
        columns=(
            *text("price_id", "tier_number"),
            Column(name="block_size", kind="decimal", scale=6, is_optional=True),
            Column(name="maximum_amount", kind="decimal", is_optional=True),
            VALID_FROM,
        ),
        key=("price_id", "tier_number", "valid_from"),
    ),
    Table(
        name="price_capacity_limits",
        columns=(
            *text("price_id", "tier_number", "unit"),
            Column(name="max_quantity", kind="decimal", scale=6),
            VALID_FROM,
        ),
        key=("price_id", "tier_number", "unit", "valid_from"),
    ),
    Table(
        name="price_event_terms",
        columns=(
            Column(name="price_id"),
            *optional_amounts("fixed_amount"),
            Column(name="free_events", kind="decimal", scale=0, is_optional=True),
            Column(name="free_amount", kind="decimal", scale=6, is_optional=True),
            *optional_amounts("minimum_amount", "maximum_amount"),
            VALID_FROM,
        ),
        key=("price_id", "valid_from"),
    ),
    Table(
        name="price_charge_terms",
        columns=(
            Column(name="price_id"),
            choice("rounding_place", *ROUNDING_PLACES, is_optional=True),
            Column(
                name="rounding_decimals",
                kind="decimal",
                scale=0,
                is_signed=True,
                is_optional=True,
            ),
            choice("rounding_mode", *ROUNDING_MODES, is_optional=True),
            Column(name="bills_first_flat_at_zero", kind="boolean", is_optional=True),
            choice("flat_billing", "advance", "arrears", is_optional=True),
            choice("flat_proration", "none", "days", "30/360", is_optional=True),
            Column(name="starts_within_month", kind="boolean", is_optional=True),
            *optional_amounts("minimum_amount", "maximum_amount"),
            *optional_amounts("commitment_amount", "spend_cap_amount"),
            Column(name="overage_factor", kind="decimal", scale=6, is_optional=True),
            Column(name="window_months", kind="decimal", scale=0, is_optional=True),
            Column(name="window_first_month", kind="decimal", scale=0, is_optional=True),
            choice("limit_proration", "none", "days", is_optional=True),
            VALID_FROM,
        ),
        key=("price_id", "valid_from"),
    ),
    Table(
        name="price_discounts",
        columns=(
            *text("price_id", "discount_number"),
            choice("discount_type", *DISCOUNT_TYPES),
            Column(name="discount_value", kind="decimal"),
            VALID_FROM,
        ),
        key=("price_id", "discount_number", "valid_from"),
    ),
)
