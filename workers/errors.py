"""The base of every error whose message is written for the person who asked."""

from http import HTTPStatus
from typing import ClassVar


class BakeoffError(Exception):
    """A request or a job that cannot be done; the message says why and what would be accepted.

    `status` is the HTTP status with which the service answers it, and `retry_after` the seconds
    after which the same request may succeed, where waiting helps. A job that raises such an error
    fails with its message; any other error is a fault of the program.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY
    retry_after: int | None = None
