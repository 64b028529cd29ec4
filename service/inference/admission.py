"""The door of the predictions: lets in what can be answered in reasonable time, at next to no cost.

It stands before everything else, so that a refusal costs a fraction of an answer. Those who are let
in go on one after the other, in short turns of the event loop: uvloop accepts one connection in each
turn, and if all who have come were answered within one, who comes new would wait for many of them.
"""

import asyncio
import math
import re
from collections import deque
from functools import lru_cache
from time import perf_counter

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.direct import content_length
from service.errors import overloaded
from service.inference.overload import OverloadedError

MOST_REQUESTS = 512  # in the house at once
MOST_BYTES = 512 * 1024**2  # of their bodies
TURN = 0.008  # seconds of work in one turn of the event loop
MEMORY = 0.95  # of the running mean of seconds per request
PREDICTIONS = re.compile(r"/v1/(models|comparisons)/[^/]+/predictions|/v2/models/[^?]+/infer")
WAITED = "bakeoff.waited"  # key of the scope: seconds at the door
COMPANY = "bakeoff.company"  # key of the scope: how many were in the house when it was let in


class Admission:
    """Counts the predictions that are being answered and refuses what is too much, with 429."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._requests, self._bytes = 0, 0
        self._seconds = 0.0  # from one answer to the next, while there is work
        self._answered = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not PREDICTIONS.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        size = content_length(scope) or 0
        if self._requests >= MOST_REQUESTS or self._bytes + size > MOST_BYTES:
            await _refusal(math.ceil(self._requests * self._seconds))(scope, receive, send)
            return
        arrived = perf_counter()
        self._requests, self._bytes = self._requests + 1, self._bytes + size
        try:
            await self._turn()
            scope[WAITED] = perf_counter() - arrived
            scope[COMPANY] = self._requests
            await self._app(scope, receive, send)
        finally:
            self._requests, self._bytes = self._requests - 1, self._bytes - size
            self._note_pace(arrived)

    async def _turn(self) -> None:
        """Wait for those who came before."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._let_in)
        await turn

    def _let_in(self) -> None:
        """Let a few go on, and the others when the event loop has turned."""
        number = max(1, int(TURN / self._seconds)) if self._seconds else 1
        for _ in range(min(number, len(self._waiting))):
            if not (turn := self._waiting.popleft()).done():
                turn.set_result(None)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._let_in)

    def _note_pace(self, arrived: float) -> None:
        now = perf_counter()
        seconds = now - max(arrived, self._answered)
        self._answered = now
        self._seconds = MEMORY * self._seconds + (1 - MEMORY) * seconds


@lru_cache
def _refusal(seconds: int) -> Response:
    """Made once for each time to come back: under overload there are more refusals than answers."""
    most = f"{MOST_REQUESTS} predictions or {MOST_BYTES // 1024**2} MiB of their bodies"
    return overloaded(OverloadedError(f"{most} are being answered, the most at once", seconds))
