"""bakeoff work: a worker."""

import typer

from service.commands._data_folder import refuse_unwritable
from workers.__main__ import main
from workers.settings import settings

app = typer.Typer(add_completion=False)


@app.command()
def work() -> None:
    """Start a worker: it runs jobs until it is stopped."""
    refuse_unwritable(settings())
    main()
