"""The reference tables: their columns, what a value may be, and what identifies a row.

Belongs here: one declaration per table, which the reader, the raw store and the docs follow.
Does not: reading files (company_tables) or storing snapshots (reference).
"""

from dataclasses import dataclass

ACCOUNT_ROLES = (
    "accounts_receivable",
    "deferred_revenue",
    "unbilled_receivable",
    "revenue",
    "tax_payable",
    "cash",
    "customer_credit",
    "fx_gain_loss",
    "credit_loss_expense",
    "dispute_receivable",
    "processor_fees",
    "clearing",
)
ENTRY_TYPES = (
    "billing",
    "tax",
    "recognition",
    "usage_accrual",
    "credit",
    "payment",
    "refund",
    "write_off",
    "dispute",
    "adjustment",
    "opening_balance",
)
POLICIES = (
    "usage_billing_tolerance_minor",
    "usage_invoice_due_days",
    "amendment_invoice_due_days",
    "payment_grace_days",
    "payment_terms_max_days",
    "concession_limit_minor",
    "billing_ahead_days",
    "sla_amendment_to_invoice_minutes",
    "sla_invoice_to_erp_minutes",
    "sla_payment_to_cash_minutes",
    "sla_invoice_readiness_minutes",
    "sla_revenue_posting_minutes",
    "sla_reconciliation_minutes",
)
PRICE_MODELS = (
    *("per_unit", "graduated", "volume", "package", "dynamic", "graduated_percentage"),
    *("block_graduated", "block_volume"),
)
ROUNDING_MODES = ("half_up", "ceiling", "floor")
ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a reference table and what its values may be."""

    name: str
    kind: str = "text"  # text, date, boolean, decimal, currency, choice
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    scale: int = 12  # decimals a decimal may have
    is_signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A reference table; its rows are effective-dated when it has the column valid_from."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_required: bool = False
    in_company_file: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the header of the table's file."""
        return tuple(column.name for column in self.columns)

    @property
    def landed_path(self) -> str:
        """Return where in the company folder the table is written."""
        return "company.yaml" if self.in_company_file else f"reference/{self.name}.csv"


def snapshot_columns(table: Table) -> dict[str, str]:
    """Return the columns of a snapshot in the raw store: all text, hashed and numbered."""
    return dict.fromkeys(table.column_names, "VARCHAR") | {
        "snapshot_hash": "VARCHAR",
        "row_number": "BIGINT",
    }


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name=name) for name in names)


def _choice(name: str, *choices: str, is_optional: bool = False) -> Column:
    return Column(name=name, kind="choice", choices=choices, is_optional=is_optional)


def _currency(name: str) -> Column:
    return Column(name=name, kind="currency")


_VALID_FROM = Column(name="valid_from", kind="date")
_ENTITY = Column(name="legal_entity_code")

_DECLARED = (
    Table(
        name="accounts",
        columns=(
            _ENTITY,
            *_text("account_code", "account_name"),
            _choice("account_type", "asset", "liability", "revenue", "expense", "equity"),
            Column(name="is_active", kind="boolean"),
            _VALID_FROM,
        ),
        key=("legal_entity_code", "account_code", "valid_from"),
        is_required=True,
    ),
    Table(
        name="gl_mappings",
        columns=(
            _ENTITY,
            Column(name="product_code"),
            _choice("account_role", *ACCOUNT_ROLES),
            Column(name="account_code"),
            _VALID_FROM,
        ),
        key=("legal_entity_code", "product_code", "account_role", "valid_from"),
        is_required=True,
    ),
    Table(
        name="products",
        columns=(
            *_text("product_code", "product_name"),
            _choice("obligation_kind", "fixed", "usage", is_optional=True),
            _choice("recognition_method", "daily", "as_used", is_optional=True),
            _VALID_FROM,
        ),
        key=("product_code", "valid_from"),
        is_required=True,
    ),
    Table(
        name="prices",
        columns=(
            *_text("price_id", "product_code", "meter_code"),
            _currency("currency"),
            _choice("price_model", *PRICE_MODELS),
            Column(name="included_quantity", kind="decimal", scale=6, is_optional=True),
            Column(name="package_size", kind="decimal", scale=6, is_optional=True),
            _VALID_FROM,
        ),
        key=("price_id", "valid_from"),
    ),
    Table(
        name="price_tiers",
        columns=(
            *_text("price_id", "tier_number"),
            Column(name="up_to_quantity", kind="decimal", scale=6, is_optional=True),
            Column(name="unit_price", kind="decimal", is_signed=True),
            Column(name="flat_amount", kind="decimal", is_signed=True, is_optional=True),
            _VALID_FROM,
        ),
        key=("price_id", "tier_number", "valid_from"),
    ),
    Table(
        name="price_terms",
        columns=(
            Column(name="price_id"),
            _choice("conversion_operation", "multiply", "divide", is_optional=True),
            Column(name="conversion_factor", kind="decimal", is_optional=True),
            Column(name="conversion_decimals", kind="decimal", scale=0, is_optional=True),
            _choice("conversion_rounding", *ROUNDING_MODES, is_optional=True),
            _choice("package_rounding", *ROUNDING_MODES, is_optional=True),
            _VALID_FROM,
        ),
        key=("price_id", "valid_from"),
    ),
    Table(
        name="price_tier_terms",
        columns=(
            *_text("price_id", "tier_number"),
            Column(name="block_size", kind="decimal", scale=6, is_optional=True),
            Column(name="maximum_amount", kind="decimal", is_optional=True),
            _VALID_FROM,
        ),
        key=("price_id", "tier_number", "valid_from"),
    ),
    Table(
        name="ssps",
        columns=(
            Column(name="product_code"),
            _currency("currency"),
            Column(name="ssp_amount", kind="decimal"),
            _VALID_FROM,
        ),
        key=("product_code", "currency", "valid_from"),
    ),
    Table(
        name="tax_codes",
        columns=(
            *_text("legal_entity_code", "tax_code"),
            Column(name="tax_rate", kind="decimal"),
            Column(name="jurisdiction"),
            _VALID_FROM,
        ),
        key=("legal_entity_code", "tax_code", "valid_from"),
    ),
    Table(
        name="fx_rates",
        columns=(
            _currency("from_currency"),
            _currency("to_currency"),
            Column(name="rate", kind="decimal"),
            _VALID_FROM,
        ),
        key=("from_currency", "to_currency", "valid_from"),
    ),
    Table(
        name="customers",
        columns=(
            Column(name="customer_id"),
            _choice("status", "active", "inactive"),
            Column(name="country", is_optional=True),
            _VALID_FROM,
        ),
        key=("customer_id", "valid_from"),
        is_required=True,
    ),
    Table(
        name="customer_references",
        columns=_text("source", "source_customer_id", "customer_id"),
        key=("source", "source_customer_id"),
        is_required=True,
    ),
    Table(
        name="product_references",
        columns=_text("source", "source_product_code", "product_code"),
        key=("source", "source_product_code"),
    ),
    Table(
        name="systems_of_record",
        columns=_text("object", "attribute", "source"),
        key=("object", "attribute"),
    ),
    Table(
        name="exception_owners",
        columns=_text("code", "legal_entity_code", "owner"),
        key=("code", "legal_entity_code"),
    ),
    Table(
        name="legal_entities",
        columns=(
            *_text("legal_entity_code", "legal_entity_name"),
            _currency("functional_currency"),
            Column(name="time_zone"),
            _choice("calendar", "monthly"),
            *_text("erp_code", "book"),
        ),
        key=("legal_entity_code",),
        in_company_file=True,
    ),
    Table(
        name="policies",
        columns=(
            _choice("policy_code", *POLICIES),
            *_text("legal_entity_code"),
            Column(name="policy_value", kind="decimal", scale=0),
            _VALID_FROM,
        ),
        key=("policy_code", "legal_entity_code", "valid_from"),
        in_company_file=True,
    ),
    Table(
        name="posting_policies",
        columns=(
            _choice("entry_type", *ENTRY_TYPES, ANY),
            _ENTITY,
            _choice("grain", "document", "summary"),
            _choice("cadence", "immediate", "daily"),
            _VALID_FROM,
        ),
        key=("entry_type", "legal_entity_code", "valid_from"),
        in_company_file=True,
    ),
    Table(
        name="approval_limits",
        columns=(
            _ENTITY,
            _choice("entry_type", *ENTRY_TYPES, ANY),
            Column(name="above_amount", kind="decimal", scale=6),
            _VALID_FROM,
        ),
        key=("legal_entity_code", "entry_type", "valid_from"),
        in_company_file=True,
    ),
)
TABLES = {table.name: table for table in _DECLARED}
