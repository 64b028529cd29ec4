"""The door of the predictions: lets in what can be answered in reasonable time, at next to no cost.

It stands before everything else, so that a refusal costs a fraction of an answer. Those who are let
in go on one after the other, in short turns of the event loop: uvloop accepts few connections in each
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

MOST_REQUESTS = 128  # in the house at once; more cost each other time, see docs/experiments.md
MOST_BYTES = 512 * 1024**2  # of their bodies
TURN = 0.008  # seconds of work in one turn of the event loop
MEMORY = 0.95  # of the running mean of seconds per request
#: Where predictions are asked for; service/refusing.py knows them by it before they are requests.
PATHS = r"(?:/v1/(?:models|comparisons)/[^/? ]+/predictions|/v2/models/[^? ]+/infer)"
is_prediction = re.compile(PATHS).fullmatch
WAITED = "bakeoff.waited"  # key of the scope: seconds at the door
COMPANY = "bakeoff.company"  # key of the scope: how many were in the house when it was let in


class House:
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


class Admission:
    """Lets predictions into the house one after the other, and refuses those for which it has no room."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app, self._house = app, house
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not is_prediction(scope["path"]):
            await self._app(scope, receive, send)
            return
        size = content_length(scope) or 0
        if not self._house.has_room(size):
            await self._house.refusal()(scope, receive, send)
            return
        arrived = perf_counter()
        self._house.enter(size)
        try:
            await self._turn()
            scope[WAITED] = perf_counter() - arrived
            scope[COMPANY] = self._house.requests
            await self._app(scope, receive, send)
        finally:
            self._house.leave(size, arrived)

    async def _turn(self) -> None:
        """Wait for those who came before."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._let_in)
        await turn

    def _let_in(self) -> None:
        """Let a few go on, and the others when the event loop has turned."""
        seconds = self._house.seconds
        number = max(1, int(TURN / seconds)) if seconds else 1
        for _ in range(min(number, len(self._waiting))):
            if not (turn := self._waiting.popleft()).done():
                turn.set_result(None)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._let_in)


@lru_cache
def _refusal(seconds: int) -> Response:
    """Made once for each time to come back: under overload there are more refusals than answers."""
    most = f"{MOST_REQUESTS} predictions or {MOST_BYTES // 1024**2} MiB of their bodies"
    return overloaded(OverloadedError(f"{most} are being answered, the most at once", seconds))
