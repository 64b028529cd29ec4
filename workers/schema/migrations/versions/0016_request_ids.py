"""Jobs name the request that asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nobody knows who asked for the jobs that are there."""
    for name in ("request_id", "traceparent"):
        op.add_column("jobs", sa.Column(name, sa.String(), nullable=True))
