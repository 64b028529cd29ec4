"""Admitted predictions go on in their order, a few in each turn of the event loop.

uvloop accepts few connections in each turn of the event loop. If all predictions that have arrived
were answered within one turn, a client that connects meanwhile would wait for all of them in the
kernel, where it is neither counted nor refused.
"""

import asyncio
from collections import deque
from time import perf_counter

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from service.inference.admission import AdmissionControl
from service.inference.request_predictions import WAITED
from service.overload.server import Server
from service.security.scopes import is_prediction

TURN = 0.008  # seconds of work in one turn of the event loop


def install(server: Server) -> None:
    """Let what admission control has admitted take turns."""
    admission: AdmissionControl = server.app.state.admission
    server.app.user_middleware.append(Middleware(ShortTurns, admission=admission))  # the innermost


class ShortTurns:
    """Middleware behind admission control that lets predictions go on in short turns."""

    def __init__(self, app: ASGIApp, admission: AdmissionControl) -> None:
        self._app, self._admission = app, admission
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and is_prediction(scope["path"]):
            arrived = perf_counter()
            await self._wait()
            scope[WAITED] = perf_counter() - arrived
        await self._app(scope, receive, send)

    async def _wait(self) -> None:
        """Wait for those that arrived before."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._let_some_go_on)
        await turn

    def _let_some_go_on(self) -> None:
        """Let a few go on now, and the others in the next turns."""
        seconds = self._admission.seconds_per_answer * len(self._waiting)
        part = min(1.0, TURN / seconds) if seconds else 0.0
        for _ in range(max(1, int(part * len(self._waiting)))):
            if not (turn := self._waiting.popleft()).done():
                turn.set_result(None)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._let_some_go_on)
