"""Ids of events are never given twice, even where the newest events have been removed."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let SQLite remember the highest id that it has given, as the sequence of PostgreSQL does."""
    if op.get_bind().dialect.name != "sqlite":
        return
    options = {"sqlite_autoincrement": True}
    with op.batch_alter_table("events", recreate="always", table_kwargs=options):
        pass  # the table is copied as it is
