"""Comparisons of existing jobs: which comparison holds which job that another request made."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "comparison_jobs",
        sa.Column("comparison_id", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comparison_id"],
            ["comparisons.id"],
            name=op.f("fk_comparison_jobs_comparison_id_comparisons"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_comparison_jobs_job_id_jobs")
        ),
        sa.PrimaryKeyConstraint("comparison_id", "job_id", name=op.f("pk_comparison_jobs")),
    )
