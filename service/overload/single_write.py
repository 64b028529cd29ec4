"""What is written within one turn of the event loop is sent at its end, in one write a connection.

uvicorn writes the head and the body of an answer one after the other, and uvloop sends each at once.
Each may wake the process at the other end, which takes longer than classifying a small image.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.overload.server import Server

MOST_BUFFERED = 64 * 1024  # bytes; more is sent at once, so that a slow reader is noticed


def install(server: Server) -> None:
    """Let every connection write so."""
    server.extend_protocol(SingleWrite)


class SingleWrite(HttpToolsProtocol):
    """uvicorn's protocol on a transport that sends what is written when the event loop has turned."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin with such a transport."""
        super().connection_made(cast("asyncio.Transport", BufferingTransport(transport)))


class BufferingTransport:
    """A transport that sends what is written when the event loop has turned."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Send the data soon, with all that is written until then."""
        if not self._buffer:
            asyncio.get_running_loop().call_soon(self._send)
        self._buffer.append(data)
        self._size += len(data)
        if self._size > MOST_BUFFERED:
            self._send()

    def close(self) -> None:
        """Send what is buffered, and close."""
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _send(self) -> None:
        buffered, self._buffer, self._size = self._buffer, [], 0
        if buffered and not self._transport.is_closing():
            self._transport.write(b"".join(buffered))
