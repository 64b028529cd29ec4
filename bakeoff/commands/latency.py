"""bakeoff latency: how long a model takes, by engine, batch size and threads."""

from typing import Annotated

import typer
from rich.console import Console

import bakeoff
from bakeoff.terminal.latency_table import print_latency
from bakeoff.terminal.options import DEFAULT_URL, Url
from bakeoff.terminal.waiting import wait_for


def latency(
    *,
    model: Annotated[str, typer.Argument(help="Id or alias of the model.")] = "latest",
    engine: Annotated[list[str] | None, typer.Option(help="Only this engine; repeat.")] = None,
    batch_size: Annotated[list[int] | None, typer.Option(help="Only this size; repeat.")] = None,
    threads: Annotated[list[int] | None, typer.Option(help="Only so many; repeat.")] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Let the worker measure how long a model takes, and show the table."""
    with bakeoff.Client(url) as client:
        job = client.measure_latency(
            model,
            engines=engine or None,  # an option that is not given may be an empty list
            batch_sizes=batch_size or None,
            threads=threads or None,
        )
        job = wait_for(client, job)
    print_latency(Console(), job)
