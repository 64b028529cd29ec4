"""Requests that arrive slowly, without end or never: they are refused, and the connection closed.

uvicorn closes a connection that rests after an answer, and waits for everything else for ever.
"""

from asyncio import BaseTransport, TimerHandle, Transport
from typing import cast

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from service.connections.http_1_0 import Http10Protocol
from service.errors import problem
from service.middleware.security_headers import ENCODED_HEADERS

#: For the head of a request to be whole, and between two looks at a body; as Apache's mod_reqtimeout.
PATIENCE_SECONDS = 20.0
MIN_BODY_BYTES = 10_000  # that arrive between two looks, unless the service did not want them
MAX_HEAD_BYTES = 64 * 1024  # of a head that is not whole yet; browsers send some 2 KiB


class BoundedRequests(Http10Protocol):
    """The protocol of uvicorn, which bounds the time and the memory that a request may take to arrive."""

    _look: TimerHandle | None = None
    _waits_since: float | None = None  # for a head; None while a request is read or answered
    _head_bytes = _body_bytes = 0
    _was_paused = False  # since the last look: then the service was slow, not the client
    _seen: object = None  # the request whose body was under way at the last look

    def connection_made(self, transport: BaseTransport) -> None:
        """Wait for the first request."""
        super().connection_made(cast("Transport", transport))
        self._await_head()
        self._look = self.loop.call_later(PATIENCE_SECONDS, self._look_again)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection at once, not at the next look."""
        super().connection_lost(exc)
        if self._look:
            self._look.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; refuse a head that has become too long."""
        super().data_received(data)
        if self._waits_since is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse_and_close(
                431, f"the head of a request has at most {MAX_HEAD_BYTES:,} bytes"
            )

    def on_message_begin(self) -> None:
        """Wait for the rest of a head."""
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        """Wait for no head."""
        super().on_headers_complete()
        self._waits_since = None

    def on_body(self, body: bytes) -> None:
        """Count a piece of a body."""
        super().on_body(body)
        self._body_bytes += len(body)
        self._was_paused = self._was_paused or self.flow.read_paused

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it is there already."""
        super().on_response_complete()
        if self._waits_since is None and self.cycle.response_complete:
            self._await_head()

    def _await_head(self) -> None:
        self._waits_since, self._head_bytes = self.loop.time(), 0

    def _look_again(self) -> None:
        """Refuse a request that comes too slowly, or come back in time for the one that is awaited."""
        if self.transport.is_closing():
            return
        remaining = PATIENCE_SECONDS
        if self._waits_since is not None and self.timeout_keep_alive_task is None:
            remaining += self._waits_since - self.loop.time()
        if remaining <= 0 or self._is_body_slow():
            self._refuse_and_close(408, "the request arrives too slowly")
        else:
            self._look = self.loop.call_later(remaining, self._look_again)

    def _is_body_slow(self) -> bool:
        """Whether too little of a body has arrived since the last look, although it was wanted."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or not cycle.more_body or cycle.response_complete:
            self._seen = None
            return False
        is_wanted = not cycle.waiting_for_100_continue and not self._was_paused
        is_slow = is_wanted and self._seen is cycle and self._body_bytes < MIN_BODY_BYTES
        self._seen, self._body_bytes = cycle, 0
        self._was_paused = self.flow.read_paused
        return is_slow

    def _refuse_and_close(self, status: int, detail: str) -> None:
        """Close the connection, with a reason where no answer has begun."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or not cycle.response_started or cycle.response_complete:
            answer = problem(status, detail)
            headers = [*answer.raw_headers, *ENCODED_HEADERS, (b"connection", b"close")]
            lines = b"".join(b"%b: %b\r\n" % header for header in headers)
            self.transport.write(b"HTTP/1.1 %d \r\n%b\r\n%b" % (status, lines, bytes(answer.body)))
        self.transport.close()
