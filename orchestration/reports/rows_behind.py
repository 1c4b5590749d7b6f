"""Which rows stand behind which figure of the close pack.

Belongs here: a drill-down for each mart that figures lead to.
Does not: how a drill-down is read and shown (drill_downs).
"""

from orchestration.reports.drill_downs import DrillDown

MOST_DOCUMENTS = 400
_NEWEST_DOCUMENTS = f"""document_key in (
    select document_key from journals.journal_entries
    order by posting_date desc, document_key limit {MOST_DOCUMENTS}
)"""
_TIED = ("is_tied",)
_BIGGEST_FIRST = "abs(difference_minor) desc, tie_out_key"
_BALANCES = (
    "contract_id", "customer_id", "accounting_period", "currency", "billed_minor", "credited_minor",
    "recognized_minor", "deferred_revenue_minor", "unbilled_receivable_minor", "receivable_minor",
)  # fmt: skip

CHARGES = DrillDown(
    name="usage_charges",
    title="Usage charges",
    mart="usage.usage_charges",
    groups=("legal_entity_code", "currency"),
    columns=(
        "usage_charge_id", "contract_id", "accounting_period", "meter_code", "quantity",
        "event_count", "currency", "charge_minor",
    ),
    totals=("event_count", "charge_minor"),
    order="charge_minor desc, usage_charge_id",
)  # fmt: skip
BALANCES = DrillDown(
    name="contract_balances",
    title="Balances of contracts",
    mart="revenue.contract_balances",
    groups=("legal_entity_code", "currency", "accounting_period"),
    columns=_BALANCES,
    totals=_BALANCES[4:],
    order="abs(deferred_revenue_minor) + abs(unbilled_receivable_minor) desc, contract_id",
)
LATEST_BALANCES = DrillDown(
    name="latest_contract_balances",
    title="Last balances of contracts",
    mart="revenue.contract_balances",
    groups=("legal_entity_code", "currency"),
    columns=_BALANCES,
    totals=_BALANCES[4:],
    order="abs(deferred_revenue_minor) + abs(unbilled_receivable_minor) desc, contract_id",
    last_of=("contract_id", "currency"),
)
SCHEDULES = DrillDown(
    name="revenue_schedule_lines",
    title="Revenue schedules",
    mart="revenue.revenue_schedule_lines",
    groups=("legal_entity_code", "currency", "accounting_period"),
    columns=(
        "contract_id", "contract_version_id", "contract_line_id", "product_code", "currency",
        "scheduled_minor", "recognized_minor",
    ),
    totals=("scheduled_minor", "recognized_minor"),
    order="scheduled_minor desc, performance_obligation_id",
)  # fmt: skip
SUBLEDGER_LINES = DrillDown(
    name="subledger_lines",
    title="Lines of the subledger",
    mart="journals.subledger_lines",
    groups=("account_role", "legal_entity_code", "transaction_currency", "origin_period"),
    columns=(
        "entry_type", "contract_id", "contract_line_id", "document_id", "account_code",
        "effective_date", "transaction_currency", "amount_minor", "functional_currency",
        "functional_amount_minor",
    ),
    totals=("amount_minor", "functional_amount_minor"),
    order="abs(amount_minor) desc, subledger_line_key",
    note="Debits are positive, credits negative.",
)  # fmt: skip
JOURNAL_LINES = DrillDown(
    name="journal_lines",
    title="Lines of documents",
    mart="journals.journal_lines",
    groups=("document_key",),
    columns=(
        "line_number", "account_code", "dimension_product", "side", "currency", "amount_minor",
        "signed_minor", "functional_currency", "signed_functional_minor",
    ),
    totals=("signed_minor", "signed_functional_minor"),
    order="line_number",
    only=_NEWEST_DOCUMENTS,
)  # fmt: skip
LINE_SOURCES = DrillDown(
    name="journal_line_sources",
    title="What documents sum up",
    mart="journals.journal_line_sources",
    groups=("document_key",),
    columns=(
        "line_number", "contract_id", "contract_line_id", "document_id", "account_role",
        "origin_period", "source_event_count", "transaction_currency", "amount_minor",
        "correlation_id",
    ),
    totals=("amount_minor",),
    order="line_number, abs(amount_minor) desc, journal_line_source_key",
    only=_NEWEST_DOCUMENTS,
)  # fmt: skip
TRIAL_BALANCE = DrillDown(
    name="trial_balance",
    title="An account, period by period",
    mart="reconciliation.trial_balance",
    groups=("erp_code", "legal_entity_code", "account_code", "currency"),
    columns=(
        "accounting_period", "currency", "subledger_opening_minor", "subledger_movement_minor",
        "subledger_closing_minor", "unaccounted_minor", "posted_in_other_period_minor",
        "sealed_closing_minor", "undelivered_minor", "erp_closing_minor", "difference_minor",
    ),
    order="accounting_period desc",
)  # fmt: skip
ACCOUNT_LINES = DrillDown(
    name="account_lines",
    title="Journal lines of an account",
    mart="journals.journal_lines",
    groups=("erp_code", "legal_entity_code", "account_code", "currency", "accounting_period"),
    columns=(
        "document_key", "line_number", "posting_date", "entry_type", "delivery_status",
        "currency", "signed_minor",
    ),
    totals=("signed_minor",),
    order="posting_date desc, abs(signed_minor) desc, journal_line_key",
    only="not is_voided",
)  # fmt: skip
MOVEMENTS = DrillDown(
    name="revenue_movements",
    title="Movements of recurring revenue",
    mart="metrics.revenue_movements",
    groups=("legal_entity_code", "currency", "accounting_period"),
    columns=(
        "contract_id", "customer_id", "movement_type", "amendment_ids", "currency",
        "movement_minor", "correlation_id",
    ),
    totals=("movement_minor",),
    order="abs(movement_minor) desc, movement_key",
)  # fmt: skip
OBLIGATIONS = DrillDown(
    name="remaining_obligations",
    title="Remaining obligations",
    mart="revenue.remaining_obligations",
    groups=("legal_entity_code", "currency"),
    columns=(
        "contract_id", "customer_id", "currency", "remaining_obligation_minor",
        "within_12_months_minor", "within_24_months_minor", "beyond_24_months_minor",
        "prepaid_credit_minor", "current_deferred_minor", "non_current_deferred_minor",
    ),
    totals=(
        "remaining_obligation_minor", "within_12_months_minor", "within_24_months_minor",
        "beyond_24_months_minor", "prepaid_credit_minor", "current_deferred_minor",
        "non_current_deferred_minor",
    ),
    order="remaining_obligation_minor desc, contract_id",
)  # fmt: skip
SERVICE_LEVELS = DrillDown(
    name="service_levels",
    title="Service levels",
    mart="metrics.service_levels",
    groups=("metric_code",),
    columns=(
        "object_type", "object_key", "legal_entity_code", "started_at", "ended_at",
        "actual_minutes", "target_minutes", "is_breach",
    ),
    order="is_breach desc, actual_minutes desc, service_level_key",
)  # fmt: skip
KPIS = DrillDown(
    name="workflow_kpis",
    title="KPIs, period by period",
    mart="metrics.workflow_kpis",
    groups=("kpi_code",),
    columns=(
        "title", "accounting_period", "legal_entity_code", "source", "numerator", "denominator",
        "kpi_value", "unit", "target_value", "is_met", "missing_reason",
    ),
    order="accounting_period desc, legal_entity_code nulls first, source nulls first, kpi_key",
)  # fmt: skip
TIE_OUTS = {
    name: DrillDown(
        name=f"tie_out_{name}",
        title=f"{name.replace('_', ' ').capitalize()}",
        mart=f"reconciliation.tie_out_{name}",
        groups=("currency",),
        columns=(*columns, "left_minor", "right_minor", "explained_minor", "difference_minor",
                 *_TIED, "sentence"),
        totals=("left_minor", "right_minor", "explained_minor", "difference_minor"),
        order=_BIGGEST_FIRST,
    )
    for name, columns in {
        "charges_to_invoices": ("contract_id", "contract_line_id", "accounting_period"),
        "invoices_to_subledger": ("document_type", "document_id", "document_date"),
        "schedules_to_journals": ("contract_id", "accounting_period", "entry_type"),
        "journals_to_erp": ("legal_entity_code", "account_code", "accounting_period"),
    }.items()
}  # fmt: skip
USAGE_TIE_OUT = DrillDown(
    name="tie_out_usage_to_charges",
    title="Usage to charges",
    mart="reconciliation.tie_out_usage_to_charges",
    groups=("left_name",),
    columns=(
        "customer_key", "meter_code", "left_count", "right_count", "explained_count",
        "difference_count", *_TIED, "sentence",
    ),
    totals=("left_count", "right_count", "explained_count", "difference_count"),
    order="abs(difference_count) desc, tie_out_key",
)  # fmt: skip
DOCUMENTS = DrillDown(
    name="documents_to_erp",
    title="Documents to ERP",
    mart="journals.journal_entries",
    groups=("currency",),
    columns=(
        "document_key", "legal_entity_code", "posting_date", "entry_type", "delivery_status",
        "erp_number", "line_count", "currency", "total_minor",
    ),
    totals=("line_count", "total_minor"),
    order="posting_date desc, document_key",
    only="not is_voided",
)  # fmt: skip
ALL = (
    CHARGES, BALANCES, LATEST_BALANCES, SCHEDULES, SUBLEDGER_LINES, JOURNAL_LINES, LINE_SOURCES,
    TRIAL_BALANCE, ACCOUNT_LINES, MOVEMENTS, OBLIGATIONS, SERVICE_LEVELS, KPIS, *TIE_OUTS.values(),
    USAGE_TIE_OUT, DOCUMENTS,
)  # fmt: skip
