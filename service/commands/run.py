"""bakeoff run: everything at once, what `make run` calls."""

import sys

from rich.console import Console

from bakeoff.client import Client
from bakeoff.commands._options import (
    THE_THREE,
    Architectures,
    Dataset,
    Epochs,
    Output,
    Port,
    RecipeText,
    Seeds,
)
from bakeoff.commands.compare import comparison_request, show_comparison
from service.commands import app
from service.commands._processes import running
from service.commands.up import on_port


@app.command()
def run(  # noqa: PLR0913 - each parameter is an option of the command line
    *,
    dataset: Dataset = "mnist",
    architecture: Architectures = THE_THREE,
    epochs: Epochs = 3,
    seeds: Seeds = 3,
    recipe: RecipeText = "{}",
    output: Output = None,
    port: Port = None,
) -> None:
    """Start service and worker, run a comparison, and leave the service up until Ctrl-C.

    Without a terminal on standard output it stops by itself when the comparison has ended.
    """
    console = Console()
    chosen = on_port(port)
    request = comparison_request(dataset, architecture, epochs, seeds, recipe)
    logs = chosen.data / "logs"
    try:
        with running(chosen, log_folder=logs) as started, Client(started.url) as client:
            console.print(
                f"Service: {started.url}/docs  logs: {logs}/", highlight=False, soft_wrap=True
            )
            show_comparison(client, client.compare(**request), output)
            if sys.stdout.isatty():
                console.print(
                    f"The service stays up: {started.url}/docs  (Ctrl-C stops it)", highlight=False
                )
                started.wait()
    except KeyboardInterrupt:
        console.print("Stopped. Unfinished jobs wait in the queue for the next start.")
