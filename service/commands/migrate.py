"""bakeoff migrate: the database schema."""

import typer

from workers.schema.migrate import upgrade
from workers.settings import settings

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    upgrade(settings().resolved_database_url)
    typer.echo("The database is up to date.")
