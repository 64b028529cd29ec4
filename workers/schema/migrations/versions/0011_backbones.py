"""Backbones: a job can wait for another, and a job and its model name the weights they started from."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. What exists waited for nothing and started from no weights."""
    op.add_column("jobs", sa.Column("depends_on", sa.String(), nullable=True))
    op.create_index(op.f("ix_jobs_depends_on"), "jobs", ["depends_on"], unique=False)
    op.add_column("jobs", sa.Column("pretrained", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("models", sa.Column("pretrained", sa.JSON(none_as_null=True), nullable=True))
