"""bakeoff latency: how long a model takes, by engine, batch size and threads."""

import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bakeoff.client import FINAL, Client
from bakeoff.commands import app
from bakeoff.commands._options import DEFAULT_URL, Url

Json = dict[str, Any]


@app.command()
def latency(
    *,
    model: Annotated[str, typer.Argument(help="Id or alias of the model.")] = "latest",
    engine: Annotated[list[str] | None, typer.Option(help="Only this engine; repeat.")] = None,
    batch_size: Annotated[list[int] | None, typer.Option(help="Only this size; repeat.")] = None,
    threads: Annotated[list[int] | None, typer.Option(help="Only so many; repeat.")] = None,
    url: Url = DEFAULT_URL,
) -> None:
    """Let the worker measure how long a model takes, and show the table."""
    wishes = {"engines": engine, "batch_sizes": batch_size, "threads": threads}
    with Client(url) as client:
        job = client.measure_latency(model, **{name: one for name, one in wishes.items() if one})
        with Console(stderr=True).status(f"job {job['id']}") as status:
            while job["status"] not in FINAL:
                time.sleep(1)  # seldom: to ask takes from what is measured
                job = client.job(job["id"])
                status.update((job["progress"] or {}).get("phase", job["status"]))
    if job["status"] != "succeeded":
        typer.echo(f"job {job['id']}: {job['error'] or job['status']}", err=True)
        raise typer.Exit(1)
    show(Console(), job)


def show(console: Console, job: Json) -> None:
    """The table that a job has measured, and what it rests on."""
    result = job["result"]
    table = Table(title=f"model {result['model_id']}, {job['architecture']} on {job['dataset']}")
    table.add_column("engine")
    for heading in (
        "batch",
        "threads",
        "p50 [95 %], µs",
        "p99 [95 %], µs",
        "images/s",
        "n",
        "others",
    ):
        table.add_column(heading, justify="right")
    for row in result["rows"]:
        others = row["others_busy"]
        table.add_row(
            row["engine"],
            str(row["batch_size"]),
            str(row["threads"]),
            _with_interval(row, "p50"),
            _with_interval(row, "p99"),
            f"{row['images_per_second']:,.0f}",
            f"{row['samples']:,}",
            "–" if others is None else f"{others:.2f}",
        )
    console.print(table)
    versions = ", ".join(f"{name} {one}" for name, one in result["versions"].items())
    console.print(
        f"{result['device_name']}, {result['cores']} cores; {versions}. others: cores that other"
        " processes kept busy meanwhile.",
        highlight=False,
    )
    for one in result["skipped"]:
        console.print(f"{one['engine']}, {one['threads']} threads: {one['reason']}", style="yellow")


def _with_interval(row: Json, quantile: str) -> str:
    low, high = (row[f"{quantile}_{end}"] for end in ("low", "high"))
    ends = ("–" if one is None else f"{one * 1e6:,.0f}" for one in (low, high))
    return f"{row[quantile] * 1e6:,.0f} [{', '.join(ends)}]"
