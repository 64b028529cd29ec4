"""bakeoff jobs: what there is to do, and how it goes."""

import itertools
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import bakeoff
from bakeoff.answers.job import describe, seed_and_fold
from bakeoff.terminal.deletions import describe_deletion
from bakeoff.terminal.options import DEFAULT_URL, Search, Tag, Url

app = typer.Typer(help="List, cancel, retry and delete jobs.", invoke_without_command=True)

JobId = Annotated[str, typer.Argument(help="Id of the job, or 'latest'.")]
DeletedId = Annotated[str, typer.Argument(help="Id of the job.")]


@app.callback(invoke_without_command=True)
def list_jobs(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="Only jobs of this status.")] = None,
    search: Search = None,
    tag: Tag = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
    url: Url = DEFAULT_URL,
) -> None:
    """List jobs, newest first."""
    if context.invoked_subcommand:
        return
    table = Table("id", "kind", "dataset", "architecture", "seed", "state")
    with bakeoff.Client(url) as client:
        found = client.list_jobs(status=status, search=search, tag=tag)
        for job in itertools.islice(found, limit):
            architecture = job["architecture"] or "–"
            seed, state = seed_and_fold(job), describe(job)
            table.add_row(job["id"], job["kind"], job["dataset"], architecture, seed, state)
    Console().print(table)


@app.command()
def cancel(job: JobId, url: Url = DEFAULT_URL) -> None:
    """Cancel a job: at once if it waits, within a second if it runs."""
    with bakeoff.Client(url) as client:
        typer.echo(f"{job}: {client.cancel_job(job)['status']}")


@app.command()
def retry(job: JobId, url: Url = DEFAULT_URL) -> None:
    """Queue a failed or cancelled job again, from its last checkpoint."""
    with bakeoff.Client(url) as client:
        typer.echo(f"{job}: {client.retry_job(job)['status']}")


@app.command()
def delete(job: DeletedId, url: Url = DEFAULT_URL) -> None:
    """Delete a job that has ended, with its model; for a day it can be restored."""
    with bakeoff.Client(url) as client:
        went = client.show_job_deletion(job)
        client.delete_job(job)
    typer.echo(describe_deletion("job", job, went))


@app.command()
def restore(job: DeletedId, url: Url = DEFAULT_URL) -> None:
    """Bring a deleted job back, with all that went with it."""
    with bakeoff.Client(url) as client:
        typer.echo(f"{job}: {client.restore_job(job)['status']}")
