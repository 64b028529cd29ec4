"""What can be wrong with a dataset that somebody brings."""

import contextlib
import errno
from collections.abc import Iterator
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


class DiskFullError(BakeoffError):
    """This machine's disk has no room for what was being written; nothing of it is left there."""

    status = HTTPStatus.INSUFFICIENT_STORAGE


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that the disk, or somebody's share of it, is full."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


@contextlib.contextmanager
def refusing_full_disk(place: str = "uploads are received and kept") -> Iterator[None]:
    """DiskFullError in place of the error of a system call that found the disk full where `place` says."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise DiskFullError(f"the disk is full where {place}; free some space there") from error
        raise


class NoUploadError(BakeoffError):
    """The dataset was not made of an upload that is still there."""

    status = HTTPStatus.CONFLICT

    def __init__(self, name: str) -> None:
        super().__init__(
            f"dataset '{name}' was fetched, or uploaded to an earlier version, which kept no upload;"
            " upload it again with ?size="
        )
