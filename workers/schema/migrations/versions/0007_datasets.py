"""Datasets as rows; jobs and models name the content and split they use; jobs beside trainings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RANDOM_VALIDATION = "random-validation10"  # how every version before held out validation


def upgrade() -> None:
    """Add the table and the columns. What exists was split by the one rule there was."""
    op.create_table(
        "datasets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("split", sa.String(), nullable=False),
        sa.Column("description", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("upload", sa.String(), nullable=True),
        sa.Column("upload_sha256", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_datasets")),
    )
    op.add_column("jobs", sa.Column("dataset_sha256", sa.String(), nullable=True))
    op.add_column("jobs", sa.Column("dataset_split", sa.String(), nullable=True))
    op.add_column(
        "jobs", sa.Column("beside", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    queued_beside = sa.text("beside AND status = 'queued'")
    op.create_index(
        "ix_jobs_beside",
        "jobs",
        ["id"],
        sqlite_where=queued_beside,
        postgresql_where=queued_beside,
    )
    op.add_column(
        "models",
        sa.Column("dataset_split", sa.String(), nullable=False, server_default=RANDOM_VALIDATION),
    )
    op.add_column("models", sa.Column("preparation", sa.JSON(none_as_null=True), nullable=True))
