"""Answers to HTTP/1.0, which `ab` and some proxies speak: it knows neither chunks nor 100 Continue."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle


class Http10Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which would send chunks to HTTP/1.0 clients (RFC 9112, section 6.1)."""

    def on_headers_complete(self) -> None:
        """Begin a request, as uvicorn does."""
        super().on_headers_complete()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle and cycle.scope["http_version"] == "1.0":
            cycle.waiting_for_100_continue = False
            cycle.__class__ = _UntilClose  # uvicorn has made it, and its task has not begun


class _UntilClose(RequestResponseCycle):
    """An answer whose end is that of the connection, where its length is not stated."""

    _has_length = True

    async def send(self, message: Any) -> None:
        """Send the head of the answer, or a piece of it."""
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _ in message.get("headers", ())}
            if b"content-length" not in names:
                self._has_length = self.chunked_encoding = False
        elif not self._has_length:
            self.expected_content_length = len(message.get("body", b""))
        await super().send(message)
