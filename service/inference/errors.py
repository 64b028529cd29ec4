"""Saying no while there is still time to: more work than can be done in reasonable time."""

import math
from http import HTTPStatus

from workers.errors import BakeoffError


class OverloadedError(BakeoffError):
    """Too much is waiting; `retry_after` says in how many seconds it will be done."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, sentence: str, seconds: float) -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(f"{sentence}; try again in {self.retry_after} s")


class ClientGoneError(BakeoffError):
    """Whoever asked has hung up; what was not yet computed for them never is."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self) -> None:
        super().__init__("the client has gone")
