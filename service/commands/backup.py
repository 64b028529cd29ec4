"""bakeoff backup: the data folder as one file, while service and workers run."""

from pathlib import Path
from typing import Annotated

import typer

from workers.backup.creating import back_up
from workers.settings import settings

app = typer.Typer(add_completion=False)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="tar to write; compressed if it ends in gz")],
) -> None:
    """Back up the data folder to one file, while service and workers may run."""
    made = back_up(settings(), file)
    typer.echo(
        f"{file}: {len(made.files):,} files, {made.num_bytes:,} bytes, schema {made.revision}."
    )
