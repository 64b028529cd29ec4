"""The checker: what a history of events must never show, whatever happened on the way.

It looks at the whole history and not only at how it ended: two workers that both write can end well.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

FINAL = {"succeeded", "failed", "cancelled"}
AFTER = {  # status → what may follow it
    None: {"queued"},
    "queued": {"running", "cancelled"},
    "running": {"running", "queued", *FINAL},  # running again: taken over
    "succeeded": set(),
    "failed": {"queued"},  # retried
    "cancelled": {"queued"},
}


class Happened(NamedTuple):
    """One event of a job, as it is kept."""

    id: int
    kind: str
    token: int
    data: dict[str, Any]


class Ending(NamedTuple):
    """How a job stands in the end."""

    status: str
    epoch: int
    max_attempts: int


def violations(history: Iterable[Happened], ending: Ending, cancelled_at: int = 0) -> list[str]:
    """What is wrong with the history of a job; `cancelled_at`: the last event before a cancel.

    A retry makes a cancel void.
    """
    events = list(history)
    return [
        *_statuses(events, ending),
        *_epochs(events, ending),
        *_tokens(events),
        *_attempts(events, ending),
        *_starts_after_cancel(events, cancelled_at),
    ]


def _statuses(events: list[Happened], ending: Ending) -> Iterator[str]:
    last: str | None = None
    for event in events:
        if event.kind == "status":
            status = event.data["status"]
            if status not in AFTER[last]:
                yield f"{status} follows {last} (event {event.id})"
            last = status
        elif last != "running":
            yield f"{event.kind} accepted while {last} (event {event.id})"
    if last != ending.status:
        yield f"the row says {ending.status}, the history {last}"
    if ending.status not in FINAL:
        yield f"it never ended: {ending.status}"


def _epochs(events: list[Happened], ending: Ending) -> Iterator[str]:
    accepted = [event.data["epoch"] for event in events if event.kind == "epoch"]
    if accepted != list(range(1, ending.epoch + 1)):
        yield f"epochs accepted: {accepted}, the row says {ending.epoch}"


def _tokens(events: list[Happened]) -> Iterator[str]:
    highest = 0
    for event in events:
        if event.token < highest:
            yield f"{event.kind} accepted with token {event.token} after {highest}"
        starts = event.kind == "status" and event.data["status"] == "running"
        if starts and event.token != highest + 1:
            yield f"claimed with token {event.token} after {highest}"
        highest = max(highest, event.token)


def _attempts(events: list[Happened], ending: Ending) -> Iterator[str]:
    attempts = 0
    uncounted = 0  # releases, each of which may or may not have counted
    for event in events:
        if event.kind != "status":
            continue
        match event.data["status"]:
            case "running":
                attempt = event.data["attempt"]
                if not attempts - uncounted < attempt <= min(attempts + 1, ending.max_attempts):
                    yield f"attempt {attempt} after {attempts}"
                attempts, uncounted = attempt, 0
            case "queued":
                uncounted = 1
            case _:
                attempts = 0


def _starts_after_cancel(events: list[Happened], cancelled_at: int) -> Iterator[str]:
    for event in events:
        if event.id <= cancelled_at or event.kind != "status" or not cancelled_at:
            continue
        if event.data["status"] == "queued":
            return
        if event.data["status"] == "running":
            yield f"started after it was cancelled (event {event.id})"
