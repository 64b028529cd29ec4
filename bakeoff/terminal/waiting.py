"""Waiting for a job that a command has enqueued."""

import time
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from bakeoff.answers.job import Job

if TYPE_CHECKING:
    from bakeoff.client import Client

UNFINISHED = frozenset({"queued", "running"})


def wait_for(client: "Client", job: Job) -> Job:
    """The job when it has succeeded; says what it does meanwhile. Ends the command where it fails."""
    with Console(stderr=True).status(f"job {job['id']}") as status:
        while job["status"] in UNFINISHED:
            time.sleep(1)  # seldom: to ask takes from what is measured
            job = client.show_job(job["id"])
            status.update((job["progress"] or {}).get("phase", job["status"]))
    if job["status"] != "succeeded":
        typer.echo(f"job {job['id']}: {job['error'] or job['status']}", err=True)
        raise typer.Exit(1)
    return job
