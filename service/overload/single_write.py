"""HTTP as uvicorn speaks it, but what is written within one turn of the event loop is sent at its end.

uvicorn writes the head and the body of an answer one after the other, and uvloop sends each at
idempotency. Each may wake the process at the other end, which takes longer than to classify an image.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_KEPT = 64 * 1024  # bytes; more is sent at once, so that whoever reads slowly is noticed


class OneWriteProtocol(HttpToolsProtocol):
    """uvicorn's protocol on such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to speak."""
        super().connection_made(cast("asyncio.Transport", OneWrite(transport)))


class OneWrite:
    """A transport that keeps what is written until the event loop has turned."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._kept: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Send it soon, with all that is written until then."""
        if not self._kept:
            asyncio.get_running_loop().call_soon(self._send)
        self._kept.append(data)
        self._size += len(data)
        if self._size > MOST_KEPT:
            self._send()

    def write_at_once(self, data: bytes) -> None:
        """Send what is kept, and this."""
        self._send()
        self._transport.write(data)

    def close(self) -> None:
        """Send what is kept, and close."""
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _send(self) -> None:
        kept, self._kept, self._size = self._kept, [], 0
        if kept and not self._transport.is_closing():
            self._transport.write(b"".join(kept))
