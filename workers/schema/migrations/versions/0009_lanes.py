"""An index for each lane of the queue, so that neither is searched for the jobs of the other."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both indexes anew: in the order of the queue, each of its own jobs alone."""
    op.drop_index("ix_jobs_queued", "jobs")
    op.drop_index("ix_jobs_beside", "jobs")
    _index("ix_jobs_queued", "status = 'queued' AND NOT beside")
    _index("ix_jobs_beside", "status = 'queued' AND beside")


def _index(name: str, condition: str) -> None:
    op.create_index(
        name,
        "jobs",
        [sa.text("priority DESC"), "created_at", "id"],
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )
