"""What the content of a dataset must be, wherever it comes from."""

from workers.errors import BakeoffError

MAX_CLASSES = 1000


class ContentError(BakeoffError):
    """The content is not a dataset that can be trained on; the message says what is accepted."""
