"""Admission control: how many predictions are answered at once, and when a refused one may come back."""

import math
from functools import lru_cache
from time import perf_counter

from starlette.responses import Response
from starlette.types import Scope

from service.errors import refusal
from service.inference.errors import OverloadedError

MAX_REQUESTS = 128  # answered at once; more only slow each other down, see docs/experiments.md
MAX_BYTES = 512 * 1024**2  # of their bodies
MEMORY = 0.95  # of the running mean of seconds per answer
MAX_DIGITS = 18  # of a Content-Length


class AdmissionControl:
    """The predictions that are being answered, and how fast."""

    def __init__(self) -> None:
        self.num_requests, self.num_bytes = 0, 0
        self.seconds_per_answer = 0.0  # from one answer to the next, while there is work
        self._answered_at = 0.0

    def has_capacity(self, num_bytes: int = 0, *, expected: int = 0) -> bool:
        """Whether one more may be admitted, with a body of so many bytes, after those `expected`."""
        is_one_too_many = self.num_requests + expected >= MAX_REQUESTS
        return not is_one_too_many and self.num_bytes + num_bytes <= MAX_BYTES

    def enter(self, num_bytes: int) -> None:
        """Count one more that is being answered."""
        self.num_requests, self.num_bytes = self.num_requests + 1, self.num_bytes + num_bytes

    def grow(self, num_bytes: int) -> None:
        """Count bytes that have arrived of a body whose length was not stated.

        OverloadedError where there is no room for them.
        """
        if self.num_bytes + num_bytes > MAX_BYTES:
            raise _overloaded(self._seconds_until_room())
        self.num_bytes += num_bytes

    def leave(self, num_bytes: int, arrived: float | None) -> None:
        """Count one that arrived at `arrived` as answered.

        None for an explanation: its seconds say nothing of how soon a prediction would be answered.
        """
        self.num_requests, self.num_bytes = self.num_requests - 1, self.num_bytes - num_bytes
        if arrived is None:
            return
        now = perf_counter()
        seconds = now - max(arrived, self._answered_at)
        self._answered_at = now
        self.seconds_per_answer = MEMORY * self.seconds_per_answer + (1 - MEMORY) * seconds

    def refusal(self) -> Response:
        """429, with the time after which there will be room."""
        return _refusal(self._seconds_until_room())

    def _seconds_until_room(self) -> int:
        return math.ceil(self.num_requests * self.seconds_per_answer)


@lru_cache
def _refusal(seconds: int) -> Response:
    """Made once for each number of seconds: under overload there are more refusals than answers."""
    return refusal(_overloaded(seconds))


def _overloaded(seconds: int) -> OverloadedError:
    sentence = (
        f"the service is busy: at most {MAX_REQUESTS} predictions, with bodies of at most"
        f" {MAX_BYTES // 1024**2} MiB together, are answered at once"
    )
    return OverloadedError(sentence, seconds)


def content_length(scope: Scope) -> int | None:
    """The length of a body in bytes; None where it is not stated, or not once and plainly."""
    stated = [value for name, value in scope["headers"] if name == b"content-length"]
    if len(stated) != 1 or not stated[0].isdigit() or len(stated[0]) > MAX_DIGITS:
        return None
    return int(stated[0])
