"""The columns of a ledger file, by kind of record.

Belongs here: names and types of everything sealed, and the views that show it.
Does not: reading or writing files (ledger), or deciding what is sealed (batches).
"""

import pyarrow as pa

TEXT = pa.string()
COUNT = pa.int64()
DAY = pa.date32()
INSTANT = pa.timestamp("us")
FLAG = pa.bool_()

BATCH = {
    "batch_number": COUNT,
    "as_of": INSTANT,
    "raw_head": COUNT,
    "raw_head_hash": TEXT,
    "ledger_head": COUNT,
    "previous_hash": TEXT,
    "code_version": TEXT,
    "reference_version": TEXT,
    "policy_version": TEXT,
    "run_id": TEXT,
    "prepared_by": TEXT,
    "scope": TEXT,
    "delta_count": COUNT,
    "document_count": COUNT,
}
DOCUMENT = {
    "document_key": TEXT,
    "document_identity": TEXT,
    "revision": COUNT,
    "batch_number": COUNT,
    "erp_code": TEXT,
    "book": TEXT,
    "legal_entity_code": TEXT,
    "currency": TEXT,
    "functional_currency": TEXT,
    "posting_date": DAY,
    "accounting_period": TEXT,
    "entry_type": TEXT,
    "source_document": TEXT,
    "content_hash": TEXT,
    "total_minor": COUNT,
    "functional_total_minor": COUNT,
    "line_count": COUNT,
    "needs_approval": FLAG,
}
JOURNAL_LINE = {
    "document_key": TEXT,
    "line_number": COUNT,
    "account_code": TEXT,
    "dimension_product": TEXT,
    "side": TEXT,
    "amount_minor": COUNT,
    "functional_amount_minor": COUNT,
    "batch_number": COUNT,
}
# What a subledger line says about itself, whatever is sealed of it.
SUBLEDGER_LINE = {
    "subledger_line_key": TEXT,
    "entry_group_key": TEXT,
    "book": TEXT,
    "legal_entity_code": TEXT,
    "erp_code": TEXT,
    "contract_id": TEXT,
    "customer_id": TEXT,
    "document_type": TEXT,
    "document_id": TEXT,
    "document_line_id": TEXT,
    "contract_line_id": TEXT,
    "contract_version_id": TEXT,
    "product_code": TEXT,
    "entry_type": TEXT,
    "account_role": TEXT,
    "account_code": TEXT,
    "dimension_product": TEXT,
    "transaction_currency": TEXT,
    "functional_currency": TEXT,
    "origin_period": TEXT,
    "effective_date": DAY,
    "mapping_version": TEXT,
    "price_version": TEXT,
    "rate_id": TEXT,
    "source_event_count": COUNT,
    "correlation_id": TEXT,
}
# What the difference decided about it.
PROPOSAL = {
    "posting_date": DAY,
    "accounting_period": TEXT,
    "grain": TEXT,
    "cadence": TEXT,
    "document_identity": TEXT,
    "is_sealed_before": FLAG,
}
DELTA = {
    "batch_number": COUNT,
    "document_key": TEXT,
    "line_number": COUNT,
    **SUBLEDGER_LINE,
    **PROPOSAL,
    "amount_minor": COUNT,
    "functional_amount_minor": COUNT,
}
HELD = {
    "batch_number": COUNT,
    "subledger_line_key": TEXT,
    "entry_group_key": TEXT,
    "contract_id": TEXT,
    "document_type": TEXT,
    "document_id": TEXT,
    "account_code": TEXT,
    "hold_code": TEXT,
    "amount_minor": COUNT,
    "functional_amount_minor": COUNT,
}
VOID = {
    "batch_number": COUNT,
    "document_key": TEXT,
    "reason": TEXT,
    "proof": TEXT,
    "previous_hash": TEXT,
}

# Record type, and its columns, in the order of a file.
RECORDS: dict[str, dict[str, pa.DataType]] = {
    "batch": BATCH,
    "document": DOCUMENT,
    "journal_line": JOURNAL_LINE,
    "delta": DELTA,
    "held": HELD,
    "void": VOID,
}
# View of the schema `ledger`, the record type it shows, and the columns it leaves out.
VIEWS = {
    "batches": "batch",
    "documents": "document",
    "journal_lines": "journal_line",
    "deltas": "delta",
    "held": "held",
    "voids": "void",
}


def file_schema() -> pa.Schema:
    """Return the schema of a ledger file: the record type and the union of all columns."""
    columns = {"record_type": TEXT}
    for record in RECORDS.values():
        columns |= record
    return pa.schema(list(columns.items()))
