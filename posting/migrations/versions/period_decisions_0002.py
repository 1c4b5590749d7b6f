"""Keep every closing and reopening of a period, instead of only what is closed now.

Revision 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Turn each closed period into the first closing of its history."""
    op.create_table(
        "period_decisions",
        sa.Column("erp_code", sa.String(), primary_key=True),
        sa.Column("legal_entity_code", sa.String(), primary_key=True),
        sa.Column("accounting_period", sa.String(7), primary_key=True),
        sa.Column("decision_number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("close_version", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("accepted_checks", sa.Text()),
        sa.Column("as_of", sa.DateTime()),
        sa.Column("ledger_head", sa.BigInteger()),
    )
    op.execute(
        "insert into period_decisions (erp_code, legal_entity_code, accounting_period, "
        "decision_number, decision, close_version, decided_by, decided_at) "
        "select erp_code, legal_entity_code, accounting_period, 1, 'closed', 1, closed_by, "
        "closed_at from closed_periods"
    )
    op.drop_table("closed_periods")


def downgrade() -> None:
    """Keep only what is closed now."""
    op.create_table(
        "closed_periods",
        sa.Column("erp_code", sa.String(), primary_key=True),
        sa.Column("legal_entity_code", sa.String(), primary_key=True),
        sa.Column("accounting_period", sa.String(7), primary_key=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
    )
    op.execute(
        "insert into closed_periods select erp_code, legal_entity_code, accounting_period, "
        "decided_by, decided_at from period_decisions as decisions where decision = 'closed' "
        "and decision_number = (select max(decision_number) from period_decisions as others "
        "where others.erp_code = decisions.erp_code "
        "and others.legal_entity_code = decisions.legal_entity_code "
        "and others.accounting_period = decisions.accounting_period)"
    )
    op.drop_table("period_decisions")
