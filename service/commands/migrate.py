"""bakeoff migrate: the database schema."""

import typer

from service.commands import app
from workers.schema.migrate import upgrade
from workers.settings import settings


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    upgrade(settings().resolved_database_url)
    typer.echo("The database is up to date.")
