"""Run by Alembic for every command, with the connection that workers.schema.migrate gives it."""

from alembic import context

from workers.schema.tables import TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TABLES[0].metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
