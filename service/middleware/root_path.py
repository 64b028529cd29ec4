"""A path in front of every address, where a proxy serves Bakeoff below one, such as `/lab/bakeoff`."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class RootPath:
    """Takes the path away from requests that still have it, and puts it before addresses in answers.

    `root_path` of the ASGI scope stays empty: routing would take the path away once more, after
    authentication has looked at the address.
    """

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app, self._root_path = app, root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not self._root_path:
            await self._app(scope, receive, send)
            return
        if scope["path"] == self._root_path:
            await RedirectResponse(f"{self._root_path}/")(scope, receive, send)
            return

        async def send_with_path(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [self._prefixed(*item) for item in message.get("headers", ())]
            await send(message)

        await self._app(self._without_path(scope), receive, send_with_path)

    def _without_path(self, scope: Scope) -> Scope:
        if not scope["path"].startswith(f"{self._root_path}/"):
            return scope  # the proxy has taken it away
        raw = scope.get("raw_path", b"").removeprefix(self._root_path.encode())
        return {**scope, "path": scope["path"].removeprefix(self._root_path), "raw_path": raw}

    def _prefixed(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name.lower() == b"location" and value.startswith(b"/"):
            value = self._root_path.encode() + value
        return name, value
