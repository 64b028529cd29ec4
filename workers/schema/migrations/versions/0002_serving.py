"""Serving: the ONNX graph of a model, the engine of an alias and what it stood for before."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns and a table."""
    op.add_column("models", sa.Column("onnx", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("aliases", sa.Column("engine", sa.String(), nullable=True))
    op.create_table(
        "alias_versions",
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(), nullable=False),
        sa.Column("engine", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_alias_versions_model_id_models")
        ),
        sa.PrimaryKeyConstraint("alias", "version", name=op.f("pk_alias_versions")),
    )
    # What every alias stands for now is its first version.
    op.execute(
        "INSERT INTO alias_versions (alias, version, model_id, created_at)"
        " SELECT alias, 1, model_id, updated_at FROM aliases"
    )
