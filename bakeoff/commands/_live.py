"""Watching a comparison: a bar for each job on a terminal, a line for each epoch elsewhere."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

Json = dict[str, Any]


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
                    name = f"{job_label(last, job)} seed {job['seed']}"
                    tasks[job["id"]] = progress.add_task(name, total=1.0, state="")
                progress.update(tasks[job["id"]], completed=fraction(job), state=describe(job))
    return last


def _lines(console: Console, states: Iterable[Json]) -> Json:
    said: dict[str, tuple[str, int]] = {}
    last: Json = {}
    for last in states:
        for job in last["jobs"]:
            milestone = (job["status"], (job["progress"] or {}).get("epoch", 0))
            if said.get(job["id"]) != milestone and job["status"] != "queued":
                said[job["id"]] = milestone
                name = f"{job_label(last, job)} seed {job['seed']}"
                console.print(f"{name}: {describe(job)}", highlight=False, soft_wrap=True)
    return last


def job_label(comparison: Json, job: Json) -> str:
    """The label a comparison gives the architecture of a job."""
    wanted = (job["architecture"], job["options"])
    entries = comparison["architectures"]
    labels = [e["label"] for e in entries if (e["name"], e["options"]) == wanted]
    return str(labels[0] if labels else job["architecture"])


def fraction(job: Json) -> float:
    """How much of a job's training is done, 0 to 1."""
    if job["status"] == "succeeded":
        return 1.0
    progress = job["progress"]
    if not progress or not progress.get("epochs") or not progress.get("steps"):
        return 0.0
    done = progress["epoch"] - 1 + progress["step"] / progress["steps"]
    return float(min(max(done / progress["epochs"], 0.0), 1.0))


def describe(job: Json) -> str:
    """One line about a job: what it does, or how it ended."""
    if job["status"] == "failed":
        return f"failed: {job['error']}"
    if job["status"] != "running" or not job["progress"]:
        return str(job["status"])
    progress = job["progress"]
    parts = [str(progress["phase"])]
    if progress.get("epochs"):
        parts[0] = f"epoch {progress['epoch']}/{progress['epochs']}"
        parts += [progress["phase"]] if progress["phase"] != "training" else []
    for name, form in (
        ("loss", "loss {:.3f}"),
        ("accuracy", "accuracy {:.3f}"),
        ("images_per_second", "{:,.0f} images/s"),
        ("eta_seconds", "{:.0f} s left"),
    ):
        if progress.get(name) is not None:
            parts.append(form.format(progress[name]))
    return "  ".join(parts)
