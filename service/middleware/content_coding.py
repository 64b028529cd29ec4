"""Bodies that a client has compressed (RFC 9110, section 8.4)."""

import asyncio
import zlib
from collections.abc import Iterator
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import problem

ACCEPTED = ("gzip", "deflate")
GZIP_OR_ZLIB = 47  # zlib's number for: whichever of the two headers is there
PIECE_BYTES = 64 * 1024  # that are unpacked at once: the limit of a route is seen before more are


class ContentCoding:
    """Unpacks bodies in gzip or deflate piece by piece, as the application reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        coding = Headers(scope=scope).get("content-encoding") if scope["type"] == "http" else None
        name = (coding or "").strip().lower().removeprefix("x-")
        if name in {"", "identity"}:
            await self._app(scope, receive, send)
        elif name in ACCEPTED:
            _note_unpacked(scope)
            await self._app(scope, _Unpacker(name, receive).receive, send)
        else:
            accepted = " or ".join(ACCEPTED)
            refusal = problem(
                415, f"Content-Encoding '{name[:40]}' is not accepted; take {accepted}, or none"
            )
            refusal.headers["Accept-Encoding"] = ", ".join(ACCEPTED)
            await refusal(scope, receive, send)


def _note_unpacked(scope: Scope) -> None:
    """Make it a request that was sent in chunks, unpacked: nobody has stated that length.

    In place, since metrics read the route that is written into the same scope.
    """
    gone = {b"content-encoding", b"content-length"}
    scope["headers"] = [item for item in scope["headers"] if item[0] not in gone]


class _Unpacker:
    def __init__(self, coding: str, receive: Receive) -> None:
        self._coding, self._receive = coding, receive
        self._decompressor = zlib.decompressobj(GZIP_OR_ZLIB)
        self._pieces: Iterator[Message] = iter(())

    async def receive(self) -> Message:
        """The next piece of the body."""
        while True:
            await asyncio.sleep(0)  # others get their turn, however much is in a small body
            try:
                piece = next(self._pieces, None)
            except zlib.error as error:
                raise _refusal(f"the body is not {self._coding} ({error})") from None
            if piece:
                return piece
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            self._pieces = self._unpacked(message)

    def _unpacked(self, message: Message) -> Iterator[Message]:
        packed, is_full = message.get("body", b""), False
        while (packed or is_full) and not self._decompressor.eof:
            piece = self._decompressor.decompress(packed, PIECE_BYTES)
            packed, is_full = self._decompressor.unconsumed_tail, len(piece) == PIECE_BYTES
            yield {"type": "http.request", "body": piece, "more_body": True}
        if packed or self._decompressor.unused_data:
            raise _refusal(f"the body goes on after the end of its {self._coding}")
        if message.get("more_body"):
            return
        if not self._decompressor.eof:
            raise _refusal(f"the {self._coding} of the body ends too early")
        yield {"type": "http.request", "body": b"", "more_body": False}


def _refusal(reason: str) -> HTTPException:
    return HTTPException(HTTPStatus.BAD_REQUEST, reason)
