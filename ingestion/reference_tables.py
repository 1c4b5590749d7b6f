"""The reference tables: their columns, what a value may be, and what identifies a row.

Belongs here: one declaration per table, which the reader, the raw store and the docs follow.
Does not: reading files (company_tables) or storing snapshots (reference).
"""

from ingestion.meter_tables import METER_TABLES
from ingestion.price_tables import PRICE_TABLES
from ingestion.table_columns import VALID_FROM, Column, Table, choice, currency, text

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
    "concession_period_days",
    "billing_ahead_days",
    "prepaid_breakage_percent",
    "tax_document_due_days",
    "sla_amendment_to_invoice_minutes",
    "sla_invoice_to_erp_minutes",
    "sla_payment_to_cash_minutes",
    "sla_invoice_readiness_minutes",
    "sla_revenue_posting_minutes",
    "sla_reconciliation_minutes",
)
ANY = "*"


_ENTITY = Column(name="legal_entity_code")

_DECLARED = (
    Table(
        name="accounts",
        columns=(
            _ENTITY,
            *text("account_code", "account_name"),
            choice("account_type", "asset", "liability", "revenue", "expense", "equity"),
            Column(name="is_active", kind="boolean"),
            VALID_FROM,
        ),
        key=("legal_entity_code", "account_code", "valid_from"),
        is_required=True,
    ),
    Table(
        name="gl_mappings",
        columns=(
            _ENTITY,
            Column(name="product_code"),
            choice("account_role", *ACCOUNT_ROLES),
            Column(name="account_code"),
            VALID_FROM,
        ),
        key=("legal_entity_code", "product_code", "account_role", "valid_from"),
        is_required=True,
    ),
    Table(
        name="products",
        columns=(
            *text("product_code", "product_name"),
            choice("obligation_kind", "fixed", "usage", "prepaid", is_optional=True),
            choice("recognition_method", "daily", "as_used", is_optional=True),
            VALID_FROM,
        ),
        key=("product_code", "valid_from"),
        is_required=True,
    ),
    *METER_TABLES,
    *PRICE_TABLES,
    Table(
        name="ssps",
        columns=(
            Column(name="product_code"),
            currency("currency"),
            Column(name="ssp_amount", kind="decimal"),
            VALID_FROM,
        ),
        key=("product_code", "currency", "valid_from"),
    ),
    Table(
        name="tax_codes",
        columns=(
            *text("legal_entity_code", "tax_code"),
            Column(name="tax_rate", kind="decimal"),
            Column(name="jurisdiction"),
            VALID_FROM,
        ),
        key=("legal_entity_code", "tax_code", "valid_from"),
    ),
    Table(
        name="fx_rates",
        columns=(
            currency("from_currency"),
            currency("to_currency"),
            Column(name="rate", kind="decimal"),
            VALID_FROM,
        ),
        key=("from_currency", "to_currency", "valid_from"),
    ),
    Table(
        name="customers",
        columns=(
            Column(name="customer_id"),
            choice("status", "active", "inactive"),
            Column(name="country", is_optional=True),
            VALID_FROM,
        ),
        key=("customer_id", "valid_from"),
        is_required=True,
    ),
    Table(
        name="customer_references",
        columns=text("source", "source_customer_id", "customer_id"),
        key=("source", "source_customer_id"),
        is_required=True,
    ),
    Table(
        name="product_references",
        columns=text("source", "source_product_code", "product_code"),
        key=("source", "source_product_code"),
    ),
    Table(
        name="systems_of_record",
        columns=text("object", "attribute", "source"),
        key=("object", "attribute"),
    ),
    Table(
        name="exception_owners",
        columns=text("code", "legal_entity_code", "owner"),
        key=("code", "legal_entity_code"),
    ),
    Table(
        name="legal_entities",
        columns=(
            *text("legal_entity_code", "legal_entity_name"),
            currency("functional_currency"),
            Column(name="time_zone"),
            choice("calendar", "monthly"),
            *text("erp_code", "book"),
        ),
        key=("legal_entity_code",),
        in_company_file=True,
    ),
    Table(
        name="policies",
        columns=(
            choice("policy_code", *POLICIES),
            *text("legal_entity_code"),
            Column(name="policy_value", kind="decimal", scale=0),
            VALID_FROM,
        ),
        key=("policy_code", "legal_entity_code", "valid_from"),
        in_company_file=True,
    ),
    Table(
        name="posting_policies",
        columns=(
            choice("entry_type", *ENTRY_TYPES, ANY),
            _ENTITY,
            choice("grain", "document", "summary"),
            choice("cadence", "immediate", "daily"),
            VALID_FROM,
        ),
        key=("entry_type", "legal_entity_code", "valid_from"),
        in_company_file=True,
    ),
    Table(
        name="approval_limits",
        columns=(
            _ENTITY,
            choice("entry_type", *ENTRY_TYPES, ANY),
            Column(name="above_amount", kind="decimal", scale=6),
            VALID_FROM,
        ),
        key=("legal_entity_code", "entry_type", "valid_from"),
        in_company_file=True,
    ),
)
TABLES = {table.name: table for table in _DECLARED}
