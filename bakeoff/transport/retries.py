"""When a request is sent again, and after how many seconds.

A request that was never sent, or was refused with 429, has changed nothing, so it is always sent again.
After a broken connection or a 503 nobody knows whether the service has acted on it, so only a request
that does no more when repeated is sent again. A request that timed out is not sent again.
"""

import httpx

FIRST_WAIT_SECONDS = 0.2  # doubles with each attempt
LONGEST_WAIT_SECONDS = 60.0  # that an answer may ask for

#: The request may have arrived, and its answer is lost.
BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError)


def wait_after_error(
    error: httpx.TransportError, attempt: int, *, repeatable: bool
) -> float | None:
    """Seconds to wait before the next attempt after the one numbered from 0; None: give up."""
    never_sent = isinstance(error, httpx.ConnectError)
    if never_sent or (repeatable and isinstance(error, BROKEN)):
        return backoff(attempt)
    return None


def wait_after_refusal(response: httpx.Response, *, repeatable: bool) -> float | None:
    """The seconds that a 429 or 503 asks for in Retry-After; None: give up."""
    status = response.status_code
    asked = response.headers.get("Retry-After", "")
    if not asked.isdecimal() or float(asked) > LONGEST_WAIT_SECONDS:
        return None
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return float(asked)
    if status == httpx.codes.SERVICE_UNAVAILABLE and repeatable:
        return float(asked)
    return None


def backoff(attempt: int) -> float:
    """Seconds to wait after the attempt numbered from 0."""
    return FIRST_WAIT_SECONDS * 2.0**attempt
