"""bakeoff run: everything at once, what `make run` calls."""

import sys

import typer
from rich.console import Console

from bakeoff import Client
from bakeoff.terminal.comparisons import comparison_request, show_comparison
from bakeoff.terminal.options import (
    THE_THREE,
    Architectures,
    Dataset,
    Epochs,
    Folds,
    Output,
    RecipeText,
    Seeds,
)
from service.commands._port import Port, settings_on_port
from service.commands._processes import run_processes

app = typer.Typer(add_completion=False)


@app.command()
def run(  # noqa: PLR0913 - each parameter is an option of the command line
    *,
    dataset: Dataset = "mnist",
    architecture: Architectures = THE_THREE,
    epochs: Epochs = None,
    seeds: Seeds = None,
    folds: Folds = None,
    recipe: RecipeText = "{}",
    output: Output = None,
    port: Port = None,
) -> None:
    """Start service and worker, run a comparison, and leave the service up until Ctrl-C.

    Without a terminal on standard output it stops by itself when the comparison has ended.
    """
    console = Console()
    chosen = settings_on_port(port)
    request = comparison_request(dataset, architecture, epochs, seeds, recipe, folds=folds)
    logs = chosen.data / "logs"
    try:
        with run_processes(chosen, log_folder=logs) as started, Client(started.url) as client:
            comparison = client.create_comparison(**request)
            page = f"{started.url}/#/comparisons/{comparison['id']}"
            console.print(f"Watch it: {page}  logs: {logs}/", highlight=False, soft_wrap=True)
            show_comparison(client, comparison, output)
            if sys.stdout.isatty():
                console.print(
                    f"Look at it: {page}  (the service stays up; Ctrl-C stops it)",
                    highlight=False,
                    soft_wrap=True,
                )
                started.wait()
            console.print(
                "The service has stopped, since nobody watches a terminal; 'bakeoff up' starts it.",
                highlight=False,
                soft_wrap=True,
            )
    except KeyboardInterrupt:
        console.print("Stopped. Unfinished jobs wait in the queue for the next start.")
