"""Predictions refused from their first bytes, where there is no room for more.

Under overload most of what arrives is refused. Made into a request, a task and a response, and
passed through every middleware, a refusal costs a fifth of a prediction: refusing as many as it
answers, the service would answer a fifth fewer. Here it costs the search of a few bytes and one
write. A request that arrives in pieces, or asks for anything special, goes the usual way, to
admission control's own refusal.
"""

import asyncio
import re
from functools import lru_cache
from typing import cast

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from service.inference.admission import AdmissionControl
from service.middleware.request_metrics import REQUEST_SECONDS
from service.middleware.security_headers import ENCODED_HEADERS
from service.overload.server import Server
from service.security.scopes import PREDICTIONS

_is_prediction = re.compile(rb"POST %b(?:\?[^ ]*)? HTTP/1\.1\r\n" % PREDICTIONS.encode()).match
_lengths = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n|$)", re.IGNORECASE).findall
#: Headers that ask for more than an answer; uvicorn knows what to do with them.
_is_special = re.compile(
    rb"\r\n(?:transfer-encoding|expect|upgrade|connection:(?![ \t]*keep-alive[ \t]*(?:\r\n|$)))",
    re.IGNORECASE,
).search
_refused = REQUEST_SECONDS.labels("POST", "unknown", "429")


def install(server: Server) -> None:
    """Let every connection refuse so, by the admission control of the application."""
    server.extend_protocol(EarlyRefusals, arrivals=Arrivals(server.app.state.admission))


class Arrivals:
    """The predictions that have arrived in this turn of the event loop, and are not admitted yet."""

    def __init__(self, admission: AdmissionControl) -> None:
        self.admission = admission
        self._number = 0

    def has_capacity_left(self) -> bool:
        """Whether there will be room for one more when all that have arrived are admitted."""
        return self.admission.has_capacity(expected=self._number)

    def add(self) -> None:
        """Count one more, until the event loop has turned: then admission control counts it."""
        if not self._number:
            asyncio.get_running_loop().call_soon(self._clear)
        self._number += 1

    def _clear(self) -> None:
        self._number = 0


class EarlyRefusals(HttpToolsProtocol):
    """uvicorn's protocol, which refuses whole predictions from their bytes."""

    arrivals: Arrivals  # of the application that is served

    def data_received(self, data: bytes) -> None:
        """Refuse a prediction for which there is no room, or go the usual way."""
        if _is_prediction(data):
            has_capacity = self.arrivals.has_capacity_left()
            if not has_capacity and self._is_between_requests() and is_whole_prediction(data):
                self._refuse(self.arrivals.admission.refusal())
                return
            self.arrivals.add()
        super().data_received(data)

    def _is_between_requests(self) -> bool:
        if self.headers is None:
            return True  # nothing has arrived yet
        cycle = cast("RequestResponseCycle | None", self.cycle)
        is_newest = cycle is not None and cycle.scope is self.scope
        return is_newest and self.cycle.response_complete and not self.cycle.more_body

    def _refuse(self, response: Response) -> None:
        self._unset_keepalive_if_required()
        self.transport.write(_encode(response, tuple(self.server_state.default_headers)))
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        _refused.observe(0)


def is_whole_prediction(data: bytes) -> bool:
    """Whether this is exactly one request for a prediction, head and body, as clients usually send it."""
    if not _is_prediction(data):
        return False
    head, _, body = data.partition(b"\r\n\r\n")
    return _lengths(head) == [b"%d" % len(body)] and not _is_special(head)


@lru_cache
def _encode(response: Response, default_headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """The response as it is sent; made anew when the date in the default headers changes."""
    headers = [*default_headers, *response.raw_headers, *ENCODED_HEADERS]
    lines = [b"%b: %b\r\n" % pair for pair in headers]
    return b"".join([b"HTTP/1.1 429 Too Many Requests\r\n", *lines, b"\r\n", bytes(response.body)])
