"""bakeoff migrate: the database schema."""

import typer

from service.commands._data_folder import refuse_unwritable
from workers.schema.migrate import upgrade
from workers.settings import settings

app = typer.Typer(add_completion=False)


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    refuse_unwritable(settings())
    upgrade(settings().resolved_database_url)
    typer.echo("The database is up to date.")
