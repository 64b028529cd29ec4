"""Cross-validation: a comparison has folds, and a job and its model one of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. What exists was tested on the test split of its dataset."""
    op.add_column("comparisons", sa.Column("folds", sa.Integer(), nullable=True))
    for table in ("jobs", "models"):
        op.add_column(table, sa.Column("fold", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("folds", sa.Integer(), nullable=True))
