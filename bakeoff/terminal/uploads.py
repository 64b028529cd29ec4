"""An upload on the terminal: a bar of the bytes that are sent, then of the images that are prepared."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, TimeRemainingColumn

from bakeoff.answers import Json
from bakeoff.client import Client
from bakeoff.errors import RefusedError
from bakeoff.transport.file_body import archive_of

FAILED = 422


def upload(console: Console, client: Client, name: str, pictures: Path, **options: Any) -> Json:
    """Upload pictures, show how far it is, and return the dataset; RefusedError says why not.

    A worker prepares them, whose images are counted. Without one the service does, and counts none.
    """
    has_worker = bool(client.ready()["workers"])
    columns = (*Progress.get_default_columns()[:-1], TimeRemainingColumn())
    with Progress(*columns, console=console) as progress, archive_of(pictures) as file:
        sending = progress.add_task("sending", total=file.stat().st_size)
        answer = client.upload_dataset(
            name,
            file,
            prefer="respond-async" if has_worker else None,
            sent=lambda num_bytes: progress.update(sending, completed=num_bytes),
            **options,
        )
        if not has_worker:
            return answer
        _follow(client, answer["id"], progress)
    ended = client.show_job(answer["id"])
    if ended["status"] != "succeeded":
        raise RefusedError(FAILED, ended["error"] or f"job {answer['id']} is {ended['status']}")
    return client.show_dataset(name)


def _follow(client: Client, job_id: str, progress: Progress) -> None:
    """Show the images that a job has measured and decoded, until it has ended."""
    preparing = progress.add_task("waiting for the worker", total=None)
    for event in client.follow_job(job_id):
        data = json.loads(event.data) if event.event == "progress" else {}
        if "total" in data:
            phase, done, total = data["phase"], data["done"], data["total"]
            progress.update(preparing, description=phase, completed=done, total=total)


def described(dataset: Json) -> Iterator[str]:
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
