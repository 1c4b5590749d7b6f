"""The columns of what posting exports for the warehouse to read.

Belongs here: names and types of the files under `exports/`.
Does not: where the facts come from (exports).
"""

import pyarrow as pa

_TEXT = pa.string()
_COUNT = pa.int64()
_DAY = pa.date32()
_INSTANT = pa.timestamp("us")

TABLES: dict[str, dict[str, pa.DataType]] = {
    "outbox_documents": {
        "document_key": _TEXT,
        "erp_code": _TEXT,
        "legal_entity_code": _TEXT,
        "state": _TEXT,
        "attempts": _COUNT,
        "erp_document_id": _TEXT,
        "erp_number": _TEXT,
        "posted_on": _DAY,
        "posted_at": _INSTANT,
        "error_class": _TEXT,
        "error_text": _TEXT,
        "prepared_by": _TEXT,
        "approved_by": _TEXT,
    },
    "changes": {
        "subject_key": _TEXT,
        "status": _TEXT,
        "approved_by": _TEXT,
        "amount_minor": _COUNT,
        "functional_amount_minor": _COUNT,
        "currency": _TEXT,
        "sentence": _TEXT,
    },
    "period_decisions": {
        "erp_code": _TEXT,
        "legal_entity_code": _TEXT,
        "accounting_period": _TEXT,
        "decision_number": _COUNT,
        "decision": _TEXT,
        "close_version": _COUNT,
        "decided_by": _TEXT,
        "decided_at": _INSTANT,
        "reason": _TEXT,
        "accepted_checks": _TEXT,
        "as_of": _INSTANT,
        "ledger_head": _COUNT,
    },
    "exception_observations": {
        "sequence": _COUNT,
        "exception_key": _TEXT,
        "run_id": _TEXT,
        "as_of": _INSTANT,
        "state": _TEXT,
        "resolution": _TEXT,
        "last_seen_at": _INSTANT,
        "legal_entity_code": _TEXT,
        "amount_minor": _COUNT,
        "currency": _TEXT,
    },
    "observed_runs": {
        "run_id": _TEXT,
        "as_of": _INSTANT,
        "exception_count": _COUNT,
        "break_count": _COUNT,
    },
    "erp_accounts": {
        "erp_code": _TEXT,
        "legal_entity_code": _TEXT,
        "account_code": _TEXT,
        "is_active": pa.bool_(),
    },
    "erp_periods": {
        "erp_code": _TEXT,
        "legal_entity_code": _TEXT,
        "accounting_period": _TEXT,
        "start_date": _DAY,
        "end_date": _DAY,
        "state": _TEXT,
    },
    "erp_documents": {
        "erp_code": _TEXT,
        "legal_entity_code": _TEXT,
        "erp_document_id": _TEXT,
        "erp_number": _TEXT,
        "document_key": _TEXT,
        "posting_date": _DAY,
        "accounting_period": _TEXT,
        "state": _TEXT,
        "line_number": _COUNT,
        "account_code": _TEXT,
        "dimension_product": _TEXT,
        "side": _TEXT,
        "currency": _TEXT,
        "amount_minor": _COUNT,
        "functional_amount_minor": _COUNT,
    },
    "erp_balances": {
        "erp_code": _TEXT,
        "legal_entity_code": _TEXT,
        "account_code": _TEXT,
        "accounting_period": _TEXT,
        "currency": _TEXT,
        "debit_minor": _COUNT,
        "credit_minor": _COUNT,
        "functional_debit_minor": _COUNT,
        "functional_credit_minor": _COUNT,
    },
}


def table_schema(table: str) -> pa.Schema:
    """Return the schema of one exported table."""
    return pa.schema(list(TABLES[table].items()))
