"""A zip from a stranger: bounded in entries, bytes and ratio before anything is unpacked."""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import BinaryIO

from workers.datasets.errors import ArchiveError, UnreadableArchiveError

MOST_ENTRIES = 500_000
MOST_BYTES = 4 * 1024**3  # unpacked, all entries together
MOST_RATIO = 200  # unpacked over packed; photographs stay near 1, uint8 arrays under 100
RATIO_FREE_BYTES = 1024**2  # small files may compress as they like

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    NotImplementedError,  # zipfile lacks the method of compression
    RuntimeError,
)


class ZipArchive:
    """The files of a zip whose declared sizes are harmless, by their paths."""

    def __init__(self, file: BinaryIO) -> None:
        try:  # NotImplementedError: a newer version of the format than zipfile knows
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableArchiveError(f"the file is not a whole zip archive ({error})") from None
        entries = self._zip.infolist()
        _check_sizes(entries)
        for entry in entries:
            _check_entry(entry)
        self._files = {_path(entry): entry for entry in entries if not entry.is_dir()}
        if not self._files:
            raise UnreadableArchiveError("the archive is empty")

    @property
    def names(self) -> Collection[str]:
        """The paths of the files, `/` between folders, in the order of the archive."""
        return self._files.keys()

    def read(self, name: str) -> bytes:
        """The bytes of a file, never more than it declared; ArchiveError where it is damaged."""
        entry = self._files[name]
        try:
            with self._zip.open(entry) as opened:
                content = opened.read(entry.file_size + 1)
        except DAMAGE as error:
            raise ArchiveError(f"'{name}' in the archive is damaged ({error})") from None
        if len(content) != entry.file_size:
            raise ArchiveError(f"'{name}' in the archive is not of the size it declares")
        return content


def _path(entry: zipfile.ZipInfo) -> str:
    return entry.filename.replace("\\", "/")  # some programs on Windows write them the other way


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise ArchiveError(f"the archive has {len(entries):,} entries; at most {MOST_ENTRIES:,}")
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        raise ArchiveError(
            f"the archive would unpack to {total:,} bytes; at most {MOST_BYTES:,} are accepted"
        )


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    path = PurePosixPath(_path(entry))
    if not path.parts:
        raise ArchiveError("the archive has an entry without a name")
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise ArchiveError(f"the archive has a path that leaves it: {name[:200]!r}")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveError(
            f"the archive has a symbolic link: {name[:200]!r}; only files are accepted"
        )
    if entry.flag_bits & 0x1:
        raise ArchiveError(
            "the archive is encrypted; only archives without a password are accepted"
        )
    ratio = entry.file_size / max(1, entry.compress_size)
    if entry.file_size > RATIO_FREE_BYTES and ratio > MOST_RATIO:
        raise ArchiveError(
            f"'{name[:200]}' unpacks to {ratio:,.0f} times its size; at most {MOST_RATIO} is accepted"
        )
