"""Watching a comparison: a bar for each job on a terminal, a line for each epoch elsewhere."""

from collections.abc import Iterable

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from bakeoff.answers import Json
from bakeoff.answers.comparison import job_label
from bakeoff.answers.job import describe, fraction, seed_and_fold


def watch(console: Console, states: Iterable[Json]) -> Json:
    """Show every state of a comparison and return the last."""
    return _bars(console, states) if console.is_terminal else _lines(console, states)


def _bars(console: Console, states: Iterable[Json]) -> Json:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}"),
    )
    tasks: dict[str, TaskID] = {}
    last: Json = {}
    with Progress(*columns, console=console) as progress:
        for last in states:
            for job in last["jobs"]:
                if job["id"] not in tasks:
                    name = f"{job_label(last, job)} seed {seed_and_fold(job)}"
                    tasks[job["id"]] = progress.add_task(name, total=1.0, state="")
                progress.update(tasks[job["id"]], completed=fraction(job), state=describe(job))
    return last


def _lines(console: Console, states: Iterable[Json]) -> Json:
    printed: dict[str, tuple[str, int]] = {}
    last: Json = {}
    for last in states:
        for job in last["jobs"]:
            milestone = (job["status"], (job["progress"] or {}).get("epoch", 0))
            if printed.get(job["id"]) != milestone and job["status"] != "queued":
                printed[job["id"]] = milestone
                name = f"{job_label(last, job)} seed {seed_and_fold(job)}"
                console.print(f"{name}: {describe(job)}", highlight=False, soft_wrap=True)
    return last
