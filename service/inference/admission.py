"""Admission control: how many predictions are answered at once, and when a refused one may come back."""

import asyncio
import math
from functools import lru_cache
from time import perf_counter

from starlette.responses import Response
from starlette.types import Scope

from service.errors import refusal
from service.inference.errors import OverloadedError

MOST_REQUESTS = 128  # answered at once; more cost each other time, see docs/experiments.md
MOST_BYTES = 512 * 1024**2  # of their bodies
TURN = 0.008  # seconds of work in one turn of the event loop
MEMORY = 0.95  # of the running mean of seconds per request
WAITED = "bakeoff.waited"  # key of the scope: seconds at the door
CONCURRENT_REQUESTS = "bakeoff.concurrent_requests"  # key of the scope: predictions under way


class AdmissionControl:
    """The predictions that are being answered, and how fast."""

    def __init__(self) -> None:
        self.requests, self.bytes = 0, 0
        self._coming = 0  # requests that have arrived in this turn of the event loop
        self.seconds = 0.0  # from one answer to the next, while there is work
        self._answered = 0.0

    def has_room(self, size: int = 0) -> bool:
        """Whether one more may come in, with a body of so many bytes."""
        return self.requests < MOST_REQUESTS and self.bytes + size <= MOST_BYTES

    @property
    def is_full(self) -> bool:
        """Whether there is no room for who comes next, once all have come in who were expected."""
        return self.requests + self._coming >= MOST_REQUESTS

    def expect(self) -> None:
        """One more will come in when all have arrived who do in this turn of the event loop."""
        if not self._coming:
            asyncio.get_running_loop().call_soon(self._expect_nobody)
        self._coming += 1

    def enter(self, size: int) -> None:
        """One more is being answered."""
        self.requests, self.bytes = self.requests + 1, self.bytes + size

    def leave(self, size: int, arrived: float) -> None:
        """One that came at `arrived` is answered."""
        self.requests, self.bytes = self.requests - 1, self.bytes - size
        now = perf_counter()
        seconds = now - max(arrived, self._answered)
        self._answered = now
        self.seconds = MEMORY * self.seconds + (1 - MEMORY) * seconds

    def _expect_nobody(self) -> None:
        self._coming = 0

    def refusal(self) -> Response:
        """429, and when there will be room."""
        return _refusal(math.ceil(self.requests * self.seconds))


@lru_cache
def _refusal(seconds: int) -> Response:
    """Made once for each time to come back: under overload there are more refusals than answers."""
    most = f"{MOST_REQUESTS} predictions or {MOST_BYTES // 1024**2} MiB of their bodies"
    return refusal(OverloadedError(f"{most} are being answered, the most at once", seconds))


def content_length(scope: Scope) -> int | None:
    """The length of a body in bytes, where it is stated."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return None
