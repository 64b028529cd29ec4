"""The id of a request (`X-Request-ID`): accepted or made, returned, and in every line logged for it."""

import os
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workers.observability import telemetry
from workers.observability.request_context import RequestContext, set_current

NAME = b"x-request-id"
HEADER = "X-Request-ID"
#: No space, quote or control character: an id stands in log lines and headers as it is.
is_accepted = re.compile(rb"[A-Za-z0-9._~+/=:@-]{1,128}").fullmatch


class RequestIds:
    """Gives every request an id: the client's own, or a random one where that has none to accept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _accepted(scope) or os.urandom(16).hex().encode()
        # For the task of this request: what logs an error after us has it too.
        set_current(RequestContext(request_id.decode(), telemetry.traceparent()))
        telemetry.annotate(request_id=request_id.decode())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (NAME, request_id)]
            await send(message)

        await self._app(scope, receive, send_with_id)


def _accepted(scope: Scope) -> bytes | None:
    for name, value in scope["headers"]:
        if name == NAME:
            return bytes(value) if is_accepted(value) else None
    return None
