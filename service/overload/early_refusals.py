"""A protocol that refuses predictions before anything is made of them, where there is no room for more.

Under overload most of what comes is refused. Made into a request, a task and a response, through
every middleware, a refusal costs a fifth of a prediction: refusing as many as it answers, the
service would answer a fifth fewer. Here it costs the search of a few bytes and one write.
"""

import re
from functools import lru_cache
from typing import cast

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from service.inference.admission import AdmissionControl
from service.middleware.request_metrics import REQUEST_SECONDS
from service.middleware.security_headers import ENCODED
from service.overload.single_write import OneWrite, OneWriteProtocol
from service.security.scopes import PREDICTIONS

ADMISSION = "admission"  # key of the application's state

_is_prediction = re.compile(rb"POST %b(?:\?[^ ]*)? HTTP/1\.1\r\n" % PREDICTIONS.encode()).match
_lengths = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n|$)", re.IGNORECASE).findall
#: What asks for more than an answer: uvicorn knows what to do with it.
_is_special = re.compile(
    rb"\r\n(?:transfer-encoding|expect|upgrade|connection:(?![ \t]*keep-alive[ \t]*(?:\r\n|$)))",
    re.IGNORECASE,
).search
_refused = REQUEST_SECONDS.labels("POST", "unknown", "429")


class RefusingProtocol(OneWriteProtocol):
    """uvicorn's protocol behind such a door. What comes in pieces, or is special, it refuses as ever."""

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        admission: AdmissionControl | None = self.app_state.get(ADMISSION)
        if admission is not None and _is_prediction(data):
            if admission.is_full and self._is_between_requests() and is_whole_prediction(data):
                self._refuse(admission.refusal())
                return
            admission.expect()
        super().data_received(data)

    def _is_between_requests(self) -> bool:
        if self.headers is None:
            return True  # nothing has come yet
        cycle = cast("RequestResponseCycle | None", self.cycle)
        is_newest = cycle is not None and cycle.scope is self.scope
        return is_newest and self.cycle.response_complete and not self.cycle.more_body

    def _refuse(self, response: Response) -> None:
        self._unset_keepalive_if_required()
        encoded = _encoded(response, tuple(self.server_state.default_headers))
        cast("OneWrite", self.transport).write_at_once(encoded)
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
def _encoded(response: Response, default_headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """The response as it is sent; made anew when the date in the default headers is another."""
    headers = [*default_headers, *response.raw_headers, *ENCODED]
    lines = [b"%b: %b\r\n" % pair for pair in headers]
    return b"".join([b"HTTP/1.1 429 Too Many Requests\r\n", *lines, b"\r\n", bytes(response.body)])
