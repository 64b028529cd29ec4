"""bakeoff work: a worker."""

import typer

from workers.__main__ import main

app = typer.Typer(add_completion=False)


@app.command()
def work() -> None:
    """Start a worker: it runs jobs until it is stopped."""
    main()
