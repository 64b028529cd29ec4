"""What is wrong with the body of a prediction request."""

from http import HTTPStatus

from workers.errors import BakeoffError


class ImageError(BakeoffError):
    """Something that was sent as an image is none; the message says what is accepted."""


class ProtocolError(BakeoffError):
    """A request breaks the Open Inference Protocol; the message says what would be accepted."""

    status = HTTPStatus.BAD_REQUEST
