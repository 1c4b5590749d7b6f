"""Create the control store.

Revision 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "attempts",
        sa.Column("document_key", sa.String(16), primary_key=True),
        sa.Column("attempt_number", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("fencing_number", sa.BigInteger(), nullable=False),
        sa.Column("batch_key", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("payload_hash", sa.String(64), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("entry_hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "audit_log",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("entry_hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("subject_key", sa.String(), primary_key=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("preview_number", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("functional_amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String()),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String()),
        sa.Column("approval_reason", sa.Text()),
    )
    op.create_table(
        "closed_periods",
        sa.Column("erp_code", sa.String(), primary_key=True),
        sa.Column("legal_entity_code", sa.String(), primary_key=True),
        sa.Column("accounting_period", sa.String(7), primary_key=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "documents",
        sa.Column("document_key", sa.String(16), primary_key=True),
        sa.Column("erp_code", sa.String(), nullable=False),
        sa.Column("legal_entity_code", sa.String(), nullable=False),
        sa.Column("document_identity", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("batch_number", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("functional_currency", sa.String(3), nullable=False),
        sa.Column("accounting_period", sa.String(7), nullable=False),
        sa.Column("entry_type", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("functional_total_minor", sa.BigInteger(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fencing_number", sa.BigInteger()),
        sa.Column("batch_key", sa.String()),
        sa.Column("payload_hash", sa.String(64)),
        sa.Column("erp_job", sa.String()),
        sa.Column("next_step_at", sa.DateTime()),
        sa.Column("erp_document_id", sa.String()),
        sa.Column("erp_number", sa.String()),
        sa.Column("posted_on", sa.Date()),
        sa.Column("error_class", sa.String()),
        sa.Column("error_text", sa.Text()),
        sa.Column("prepared_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String()),
        sa.Column("approval_reason", sa.Text()),
        sa.UniqueConstraint(
            "erp_code", "legal_entity_code", "document_key", name="uq_documents_erp_entity_key"
        ),
    )
    op.create_index("ix_documents_state", "documents", ["state", "erp_code", "legal_entity_code"])
    op.create_table(
        "leases",
        sa.Column("erp_code", sa.String(), primary_key=True),
        sa.Column("legal_entity_code", sa.String(), primary_key=True),
        sa.Column("holder", sa.String()),
        sa.Column("fencing_number", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "ledger_files",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "previews",
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("reference_version", sa.String(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("previewed_by", sa.String(), nullable=False),
        sa.Column("previewed_at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("previews")
    op.drop_table("ledger_files")
    op.drop_table("leases")
    op.drop_table("documents")
    op.drop_table("closed_periods")
    op.drop_table("changes")
    op.drop_table("audit_log")
    op.drop_table("audit_head")
    op.drop_table("attempts")
