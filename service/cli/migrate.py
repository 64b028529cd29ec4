"""bakeoff migrate: the database schema."""

import typer

from service.cli import app
from workers.migrate import upgrade
from workers.settings import settings


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    upgrade(settings().resolved_database_url)
    typer.echo("The database is up to date.")
