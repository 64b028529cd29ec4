"""HEAD and OPTIONS for every address (RFC 9110, sections 9.3.2 and 9.3.7)."""

import asyncio
from collections.abc import Iterator

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.allowed_methods import allowed_methods


class HeadAndOptions:
    """Answers HEAD as GET without the content, and OPTIONS with the methods that an address has."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._without_content(scope, send)
        elif scope["type"] == "http" and scope["method"] == "OPTIONS":
            allowed = allowed_methods(scope["app"], scope)
            answer = Response(status_code=204, headers={"Allow": ", ".join(allowed)})
            await (answer if allowed else self._app)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _without_content(self, scope: Scope, send: Send) -> None:
        """The head of what GET would answer. To the application, the client hangs up after it."""
        is_sent = asyncio.Event()
        messages: Iterator[Message] = iter(
            [{"type": "http.request", "body": b"", "more_body": False}]
        )

        async def receive() -> Message:
            request = next(messages, None)
            if request is None:
                await is_sent.wait()
            return request or {"type": "http.disconnect"}

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                is_sent.set()

        asked = {**scope, "method": "GET"}
        await self._app(asked, receive, send_head)
        scope["route"] = asked.get("route")  # for metrics
