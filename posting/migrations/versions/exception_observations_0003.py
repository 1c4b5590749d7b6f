"""Keep which exceptions the runs saw, and when a document was known to be posted.

Revision 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the log of observations; documents learn when they were posted."""
    op.add_column("documents", sa.Column("posted_at", sa.DateTime()))
    op.execute(
        "update documents set posted_at = (select max(at) from audit_log where "
        "action = 'document_posted' and subject = documents.document_key) where state = 'posted'"
    )
    op.create_table(
        "exception_observations",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("exception_key", sa.Text(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("as_of", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("resolution", sa.String()),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("legal_entity_code", sa.String()),
        sa.Column("amount_minor", sa.BigInteger()),
        sa.Column("currency", sa.String()),
    )
    op.create_table(
        "observed_runs",
        sa.Column("run_id", sa.String(), primary_key=True),
        sa.Column("as_of", sa.DateTime(), nullable=False),
        sa.Column("exception_count", sa.BigInteger(), nullable=False),
        sa.Column("break_count", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_observed_runs_as_of", "observed_runs", ["as_of"])


def downgrade() -> None:
    """Forget the observations."""
    op.drop_table("observed_runs")
    op.drop_table("exception_observations")
    op.drop_column("documents", "posted_at")
