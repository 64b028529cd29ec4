"""An upload on the terminal: a bar of the bytes that are sent, then of the images that are prepared."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from bakeoff.answers import Json
from bakeoff.errors import RefusedError
from bakeoff.transport.file_body import archive_of

if TYPE_CHECKING:
    from bakeoff.client import Client

FAILED = 422
WAITING = "waiting for the worker"  # the longest name of a phase
WIDTH = len(WAITING)  # of every name, so that the bars stay in one column
MEGABYTE = 1e6


def upload(console: Console, client: "Client", name: str, pictures: Path, **options: Any) -> Json:
    """Upload pictures, show on a terminal how far it is, and return the dataset; RefusedError.

    A worker prepares them, whose images are counted. Without one the service does, and counts none.
    Ctrl-C cancels what the worker does.
    """
    has_worker = bool(client.ready()["workers"])
    with _progress(console) as progress:
        shown = _Phases(progress)
        if pictures.is_dir():
            shown.begin("packing")
        with archive_of(pictures) as file:
            num_bytes = file.stat().st_size
            shown.begin("sending", num_bytes)
            answer = client.upload_dataset(
                name,
                file,
                prefer="respond-async" if has_worker else None,
                sent=lambda sent: shown.update(
                    sent, f"{sent / MEGABYTE:,.1f} of {num_bytes / MEGABYTE:,.1f} MB"
                ),
                **options,
            )
        if not has_worker:
            return answer
        shown.begin(WAITING)
        try:
            _follow(client, answer["id"], shown)
        except KeyboardInterrupt:
            _cancel(console, client, answer["id"])
            raise
    ended = client.show_job(answer["id"])
    if ended["status"] != "succeeded":
        raise RefusedError(FAILED, ended["error"] or f"job {answer['id']} is {ended['status']}")
    return client.show_dataset(name)


class _Phases:
    """A bar for each phase, one below the other."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._name = ""
        self._task: TaskID | None = None

    def begin(self, name: str, total: int | None = None) -> None:
        """Begin a phase, unless it is the present one; a phase without a total only shows that it goes on."""
        if name == self._name:
            return
        if self._task is not None:
            self._end(self._task)
        self._name = name
        self._task = self._progress.add_task(name, total=total, amount="")

    def update(self, done: int, amount: str) -> None:
        """Show how far the present phase is."""
        if self._task is not None:
            self._progress.update(self._task, completed=done, amount=amount)

    def _end(self, task: TaskID) -> None:
        """Leave the bar of a phase that was counted, and no other."""
        total = self._progress.tasks[task].total
        if total is None:
            self._progress.update(task, visible=False)
        else:
            self._progress.update(task, completed=total)


def _progress(console: Console) -> Progress:
    columns = (
        TextColumn(f"{{task.description:{WIDTH}}}"),
        BarColumn(bar_width=24),  # all of it fits into 80 columns
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _follow(client: "Client", job_id: str, shown: _Phases) -> None:
    """Show the images that a job has measured and decoded, until it has ended."""
    for event in client.follow_job(job_id):
        data = json.loads(event.data) if event.event == "progress" else {}
        if "phase" in data:
            done, total = data.get("done", 0), data.get("total")
            shown.begin(data["phase"], total)
            if total is not None:
                shown.update(done, f"{done:,} of {total:,} images")


def _cancel(console: Console, client: "Client", job_id: str) -> None:
    """Cancel a job that nobody waits for any more, unless it has just ended."""
    try:
        client.cancel_job(job_id)
    except RefusedError as refusal:
        console.print(f"{refusal}", highlight=False, markup=False, soft_wrap=True)
    else:
        console.print(
            f"job {job_id} is cancelled, and nothing has changed; 'bakeoff jobs retry {job_id}' goes on"
            " with it, without sending the file again",
            highlight=False,
            soft_wrap=True,
        )


def describe_dataset(dataset: Json) -> Iterator[str]:
    """What came of an upload, line by line."""
    shape, sizes = dataset["image_shape"], dataset["sizes"]
    counts = ", ".join(f"{count:,} {split}" for split, count in sizes.items())
    yield (
        f"{dataset['name']}: {len(dataset['classes'])} classes, {counts},"
        f" {shape['channels']}×{shape['height']}×{shape['width']}"
    )
    yield from dataset["notes"]
    for skipped in dataset["skipped"]:
        examples = ", ".join(skipped["examples"])
        yield f"skipped: {skipped['count']:,} × {skipped['reason']} ({examples})"
