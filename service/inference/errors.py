"""Refusals of predictions that would not be computed in time, or whose client has gone."""

import math
from http import HTTPStatus

from workers.errors import BakeoffError


class OverloadedError(BakeoffError):
    """Too much is waiting; `retry_after` is the number of seconds until it will be done."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, sentence: str, seconds: float) -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(f"{sentence}; try again in {self.retry_after} s")


class BatchesEndedError(BakeoffError):
    """Nothing computes batches any more, since the service is being stopped."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("the service is being stopped; try again in a moment")


class ClientGoneError(BakeoffError):
    """The client has hung up before its images were computed, and they never will be."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self) -> None:
        super().__init__("the client has gone")
