"""bakeoff restore: a backup, into an empty data folder."""

from pathlib import Path
from typing import Annotated

import typer

from workers.backup.restoring import restore as restore_backup
from workers.settings import settings

app = typer.Typer(add_completion=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="a file that `bakeoff backup` made")],
) -> None:
    """Restore a backup into an empty data folder, once all of it is verified."""
    restored = restore_backup(settings(), file)
    made = f"{restored.created_at:%Y-%m-%d %H:%M} UTC by version {restored.version}"
    typer.echo(
        f"{settings().data}: {len(restored.files):,} files of the backup made {made}."
        " Jobs that ran then wait in the queue."
    )
