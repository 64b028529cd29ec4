"""An id of an event is never given twice, also where the newest events are removed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("id", "job_id", "at", "kind", "token", "data")


def upgrade() -> None:
    """Copy the events of SQLite into a table that remembers the highest id it has given."""
    if op.get_bind().dialect.name != "sqlite":
        return  # a sequence of PostgreSQL goes on
    op.drop_index("ix_events_job_id", "events")
    op.rename_table("events", "events_before")
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_events_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    names = ", ".join(COLUMNS)
    op.execute(f"INSERT INTO events ({names}) SELECT {names} FROM events_before")  # noqa: S608
    op.drop_table("events_before")
    op.create_index("ix_events_job_id", "events", ["job_id"])
