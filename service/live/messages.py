"""What streams tell: events and progress of jobs, encoded as server-sent events."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fastapi.sse import KEEPALIVE_COMMENT as HEARTBEAT
from fastapi.sse import format_sse_event

from workers.queue.events import EventFilter
from workers.storage.tables import Event, JobStatus

__all__ = ["HEARTBEAT", "PROGRESS", "Message", "encode_ready"]

PROGRESS = "progress"  # the kind of what has no id: only its newest state matters


@dataclass(frozen=True)
class Message:
    """An event of a job, or its progress. Its bytes are made when first asked for, once for all."""

    job_id: str
    comparison_ids: Sequence[str]  # those that contain the job
    kind: str
    data: dict[str, Any]
    id: int | None = None  # of the event; None: progress

    @property
    def status(self) -> JobStatus | None:
        """The new status of the job, where this is a change of it."""
        return JobStatus(self.data["status"]) if self.kind == "status" else None

    @cached_property
    def for_job(self) -> bytes:
        """As in the stream of the job."""
        return _encode(self.kind, self.data, self.id)

    @cached_property
    def for_all(self) -> bytes:
        """As in a stream of several jobs: with the job and its comparisons."""
        of_whom = {"job_id": self.job_id, "comparison_ids": list(self.comparison_ids)}
        return _encode(self.kind, {**of_whom, **self.data}, self.id)

    def fits(self, wanted: EventFilter) -> bool:
        """Whether a listener wants it."""
        return wanted.fits(self.job_id, self.comparison_ids, self.kind)


def message_of(event: Event, comparison_ids: Sequence[str]) -> Message:
    """The message of an event, of a job that these comparisons contain."""
    at = event.at.isoformat().replace("+00:00", "Z")
    data = {**event.data, "at": at}
    return Message(event.job_id, comparison_ids, event.kind, data, event.id)


def encode_ready(position: int) -> bytes:
    """What says that all events up to this id have been sent, and that new ones follow."""
    return _encode("ready", {}, position)


def _encode(kind: str, data: dict[str, Any], event_id: int | None) -> bytes:
    text = json.dumps(_finite(data), allow_nan=False)
    return format_sse_event(
        data_str=text, event=kind, id=None if event_id is None else str(event_id)
    )


def _finite(value: Any) -> Any:
    """The same JSON, with null for a number that is not finite, as a loss may be."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value
