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
            for job in _all_jobs(last):
                if job["id"] not in tasks:
                    tasks[job["id"]] = progress.add_task(_name(last, job), total=1.0, state="")
                progress.update(tasks[job["id"]], completed=fraction(job), state=describe(job))
    return last


def _lines(console: Console, states: Iterable[Json]) -> Json:
    printed: dict[str, tuple[str, int]] = {}
    last: Json = {}
    for last in states:
        for job in _all_jobs(last):
            milestone = (job["status"], (job["progress"] or {}).get("epoch", 0))
            if printed.get(job["id"]) != milestone and job["status"] != "queued":
                printed[job["id"]] = milestone
                text = f"{_name(last, job)}: {describe(job)}"
                console.print(text, highlight=False, soft_wrap=True)
    return last


def _all_jobs(comparison: Json) -> list[Json]:
    """The jobs of a comparison, behind those that they wait for; earlier services know none of these."""
    return [*comparison.get("awaited", []), *comparison["jobs"]]


def _name(comparison: Json, job: Json) -> str:
    if job.get("kind") == "features":
        return f"features of {job['architecture']}"
    return f"{job_label(comparison, job)} seed {seed_and_fold(job)}"
