"""What can be wrong with a dataset that somebody brings."""

from http import HTTPStatus

from workers.errors import BakeoffError


class ArchiveError(BakeoffError):
    """An archive that is refused; the message says why and what would be accepted."""


class UnreadableArchiveError(ArchiveError):
    """A file that is no archive, or one without files; the message says only why."""


class DatasetConflictError(BakeoffError):
    """The change would spoil what others rely on."""

    status = HTTPStatus.CONFLICT


class SourceError(Exception):
    """A source does not have what is asked for; the message is half a sentence that says why."""


class NoUploadError(BakeoffError):
    """The dataset was not made of an upload that is still there."""

    status = HTTPStatus.CONFLICT

    def __init__(self, name: str) -> None:
        super().__init__(
            f"dataset '{name}' was fetched, or uploaded to an earlier version, which kept no upload;"
            " upload it again with ?size="
        )
