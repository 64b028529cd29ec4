"""bakeoff jobs: what there is to do, and how it goes."""

import itertools
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bakeoff.client import Client
from bakeoff.commands import app
from bakeoff.commands._live import describe
from bakeoff.commands._options import DEFAULT_URL, Url

commands = typer.Typer(help="List, cancel and retry jobs.", invoke_without_command=True)
app.add_typer(commands, name="jobs")

JobId = Annotated[str, typer.Argument(help="Id of the job, or 'latest'.")]


@commands.callback(invoke_without_command=True)
def list_jobs(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="Only jobs of this status.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    url: Url = DEFAULT_URL,
) -> None:
    """List jobs, newest first."""
    if context.invoked_subcommand:
        return
    table = Table("id", "kind", "dataset", "architecture", "seed", "state")
    with Client(url) as client:
        filters = {"status": status} if status else {}
        for job in itertools.islice(client.jobs(**filters), limit):
            architecture = job["architecture"] or "–"
            table.add_row(
                job["id"],
                job["kind"],
                job["dataset"],
                architecture,
                str(job["seed"]),
                describe(job),
            )
    Console().print(table)


@commands.command()
def cancel(job: JobId, url: Url = DEFAULT_URL) -> None:
    """Cancel a job: at once if it waits, within a second if it runs."""
    with Client(url) as client:
        typer.echo(f"{job}: {client.cancel(job)['status']}")


@commands.command()
def retry(job: JobId, url: Url = DEFAULT_URL) -> None:
    """Queue a failed or cancelled job again, from its last checkpoint."""
    with Client(url) as client:
        typer.echo(f"{job}: {client.retry(job)['status']}")
