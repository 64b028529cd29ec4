"""The newest job of a kind is found at once while many thousand wait."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index."""
    op.create_index("ix_jobs_kind", "jobs", ["kind", "created_at", "id"])
