"""Jobs that measure the latency of a model."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the model that a job is about."""
    op.add_column("jobs", sa.Column("model_id", sa.String(), nullable=True))
    op.create_index(op.f("ix_jobs_model_id"), "jobs", ["model_id"], unique=False)
