"""Quantised models: a model names the one that it was made from."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a column. Models that exist were trained."""
    op.add_column("models", sa.Column("quantised_from", sa.String(), nullable=True))
