"""Test-time flips: a model says whether it gives the mean over an image and its mirror image."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column. What exists was evaluated on images as they are."""
    op.add_column(
        "models", sa.Column("test_flips", sa.Boolean(), nullable=False, server_default=sa.false())
    )
