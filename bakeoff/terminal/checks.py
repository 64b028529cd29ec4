"""The checks of a dataset on the terminal: waiting for the job, then a line for each finding."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from bakeoff.answers import Json
from bakeoff.errors import RefusedError

if TYPE_CHECKING:
    from bakeoff.client import Client

UNFINISHED = frozenset({"queued", "running"})
FAILED = 422
#: Level → how it is marked; warnings come first.
MARKS = {
    "warning": "[bold red]warning[/]",
    "notice": "[yellow]notice[/] ",
    "skipped": "[dim]skipped[/]",
    "ok": "[green]ok[/]     ",
}


def wait_for_checks(console: Console, client: "Client", name: str) -> Json:
    """Let a worker check a dataset, show how far it is, and return what it found; RefusedError."""
    job: Json = client.check_dataset(name)
    with console.status(f"job {job['id']}") as status:
        while job["status"] in UNFINISHED:
            time.sleep(0.5)
            job = client.show_job(job["id"])
            progress = job["progress"]
            if progress:
                status.update(f"{progress['phase']} {progress['done']:,} of {progress['total']:,}")
    if job["status"] != "succeeded":
        raise RefusedError(FAILED, job["error"] or f"job {job['id']} is {job['status']}")
    return client.show_dataset_checks(name)


def describe_findings(checks: Json) -> Iterator[str]:
    """A line for each finding, warnings first."""
    order = list(MARKS)
    for found in sorted(checks["findings"], key=lambda found: order.index(found["level"])):
        yield f"{MARKS[found['level']]}  {found['title']}: {escape(found['sentence'])}"
