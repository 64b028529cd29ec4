"""Admission control of predictions, before anything is made of them.

It stands before everything else, so that a refusal costs a fraction of an answer. Those who are let
in go on one after the other, in short turns of the event loop: uvloop accepts few connections in each
turn, and if all who have come were answered within one, who comes new would wait for many of them.
"""

import asyncio
from collections import deque
from time import perf_counter

from starlette.types import ASGIApp, Receive, Scope, Send

from service.inference.admission import (
    CONCURRENT_REQUESTS,
    TURN,
    WAITED,
    AdmissionControl,
    content_length,
)
from service.security.scopes import is_prediction


class AdmissionMiddleware:
    """Lets predictions into the admission one after the other, and refuses those for which it has no room."""

    def __init__(self, app: ASGIApp, admission: AdmissionControl) -> None:
        self._app, self._house = app, admission
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
            scope[CONCURRENT_REQUESTS] = self._house.requests
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
