"""Run by Alembic for every command, with the connection that workers.schema.migrate gives it."""

from alembic import context

from workers.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
