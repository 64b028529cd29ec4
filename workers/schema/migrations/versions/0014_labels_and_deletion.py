"""Names, notes and tags of jobs, comparisons and models; and when they were deleted."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and make the comparisons that exist findable by name and architecture."""
    for table in ("jobs", "comparisons", "models"):
        if table != "comparisons":
            op.add_column(table, sa.Column("name", sa.String(), nullable=True))
        op.add_column(table, sa.Column("note", sa.String(), nullable=True))
        for name in ("tags", "search_text"):
            op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))
        op.add_column(table, sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("deleted_with", sa.String(), nullable=True))
        _index_deleted(table)
    op.create_table(
        "removed_artifacts",
        sa.Column("path", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_removed_artifacts")),
    )
    op.create_table(
        "first_job",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("created_at", name=op.f("pk_first_job")),
    )
    _fill_search_text()


def _index_deleted(table: str) -> None:
    condition = sa.text("deleted_with IS NOT NULL")
    op.create_index(
        f"ix_{table}_deleted_with",
        table,
        ["deleted_with"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _fill_search_text() -> None:
    """As search_text() of workers/storage/labels.py made it when this migration was written."""
    comparisons = sa.table(
        "comparisons",
        sa.column("id", sa.String()),
        sa.column("name", sa.String()),
        sa.column("architectures", sa.JSON()),
        sa.column("search_text", sa.String()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(comparisons)).all():
        names = [str(entry[key]) for entry in row.architectures for key in ("name", "label")]
        text = unicodedata.normalize("NFC", "\n".join([row.name, *names]))
        folded = unicodedata.normalize("NFC", text.casefold())
        connection.execute(
            sa.update(comparisons).where(comparisons.c.id == row.id).values(search_text=folded)
        )
