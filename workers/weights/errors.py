"""What can be wrong with weights that somebody brings or asks for."""

from http import HTTPStatus

from workers.errors import BakeoffError


class WeightsError(BakeoffError):
    """A file of weights that is refused; the message says why and what would be accepted."""


class WeightsUnavailableError(BakeoffError):
    """No source has the weights; the message names each and says what a person can do."""


class WeightsMisfitError(BakeoffError):
    """The weights are those of another network; the message names the layer and both shapes."""


class WeightsNameError(BakeoffError):
    """A name that no weights can have."""

    def __init__(self, name: str, why: str = "") -> None:
        super().__init__(
            "the name of weights is a lower-case letter or a digit, then up to 127 lower-case letters,"
            f" digits, dots, hyphens or underscores; {name[:80]!r} is not{why and f': {why}'}"
        )


class WeightsAbsentError(BakeoffError):
    """There are no weights of that name."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, name: str) -> None:
        super().__init__(f"there are no weights '{name}'; upload them with PUT /v1/weights/{name}")
