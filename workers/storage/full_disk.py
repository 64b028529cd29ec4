"""A full disk: recognised, and refused in a sentence that names its folder."""

import contextlib
import errno
import shutil
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path

from workers.errors import BakeoffError

SQLITE_FULL = "database or disk is full"  # in SQLite's message, whatever raises it


class DiskFullError(BakeoffError):
    """This machine's disk has no room for what was being written; nothing of it is left there."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 120  # more than clients wait by themselves: somebody has to make room


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that a disk, or somebody's share of it, is full."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return SQLITE_FULL in str(error)


@contextlib.contextmanager
def refusing_full_disk(*folders: Path) -> Iterator[None]:
    """DiskFullError in place of an error that found a disk full, while `folders` are written to."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise full_disk(folders) from error
        raise


def full_disk(folders: Iterable[Path]) -> DiskFullError:
    """The refusal, which names the folder with the least room: errors of writing name no file."""
    folder = min(map(_existing, folders), key=free_bytes)
    return DiskFullError(
        f"the disk is full where {folder} lies ({free_bytes(folder):,} bytes are free);"
        " free some space there, and try again"
    )


def free_bytes(folder: Path) -> int:
    """Bytes that can still be written to a folder, or to where it will be."""
    return shutil.disk_usage(_existing(folder)).free


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())
