"""The tables of the control store.

Belongs here: names, types and constraints as SQLAlchemy sees them.
Does not: their history (migrations), or who writes them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("document_key", String(16), primary_key=True),
    Column("erp_code", String, nullable=False),
    Column("legal_entity_code", String, nullable=False),
    Column("document_identity", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("batch_number", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("functional_currency", String(3), nullable=False),
    Column("accounting_period", String(7), nullable=False),
    Column("entry_type", String, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("functional_total_minor", BigInteger, nullable=False),
    Column("needs_approval", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fencing_number", BigInteger),
    Column("batch_key", String),
    Column("payload_hash", String(64)),
    Column("erp_job", String),
    Column("next_step_at", DateTime),
    Column("erp_document_id", String),
    Column("erp_number", String),
    Column("posted_on", Date),
    Column("posted_at", DateTime),
    Column("error_class", String),
    Column("error_text", Text),
    Column("prepared_by", String, nullable=False),
    Column("approved_by", String),
    Column("approval_reason", Text),
    UniqueConstraint(
        "erp_code", "legal_entity_code", "document_key", name="uq_documents_erp_entity_key"
    ),
    Index("ix_documents_state", "state", "erp_code", "legal_entity_code"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("document_key", String(16), primary_key=True),
    Column("attempt_number", Integer, primary_key=True),
    Column("run_id", String, nullable=False),
    Column("fencing_number", BigInteger, nullable=False),
    Column("batch_key", String, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("payload_hash", String(64), nullable=False),
    Column("started_at", DateTime, nullable=False),
)

ledger_files = Table(
    "ledger_files",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("file_hash", String(64), nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("erp_code", String, primary_key=True),
    Column("legal_entity_code", String, primary_key=True),
    Column("holder", String),
    Column("fencing_number", BigInteger, nullable=False),
    Column("expires_at", DateTime, nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("entry_hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("entry_hash", String(64), nullable=False),
)

previews = Table(
    "previews",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("code_version", String, nullable=False),
    Column("reference_version", String, nullable=False),
    Column("policy_version", String, nullable=False),
    Column("previewed_by", String, nullable=False),
    Column("previewed_at", DateTime, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("subject_key", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("preview_number", BigInteger, nullable=False),
    Column("amount_minor", BigInteger),
    Column("functional_amount_minor", BigInteger),
    Column("currency", String),
    Column("sentence", Text, nullable=False),
    Column("approved_by", String),
    Column("approval_reason", Text),
)

period_decisions = Table(
    "period_decisions",
    metadata,
    Column("erp_code", String, primary_key=True),
    Column("legal_entity_code", String, primary_key=True),
    Column("accounting_period", String(7), primary_key=True),
    Column("decision_number", Integer, primary_key=True, autoincrement=False),
    Column("decision", String, nullable=False),
    Column("close_version", Integer, nullable=False),
    Column("decided_by", String, nullable=False),
    Column("decided_at", DateTime, nullable=False),
    Column("reason", Text),
    Column("accepted_checks", Text),
    Column("as_of", DateTime),
    Column("ledger_head", BigInteger),
)

exception_observations = Table(
    "exception_observations",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("exception_key", Text, nullable=False),
    Column("run_id", String, nullable=False),
    Column("as_of", DateTime, nullable=False),
    Column("state", String, nullable=False),
    Column("resolution", String),
    Column("last_seen_at", DateTime, nullable=False),
    Column("legal_entity_code", String),
    Column("amount_minor", BigInteger),
    Column("currency", String),
)

observed_runs = Table(
    "observed_runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("as_of", DateTime, nullable=False),
    Column("exception_count", BigInteger, nullable=False),
    Column("break_count", BigInteger, nullable=False),
    Index("ix_observed_runs_as_of", "as_of"),
)
