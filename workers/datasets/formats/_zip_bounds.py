"""Opening a zip from a stranger: bounded in entries, bytes and ratio before anything is unpacked."""

import lzma
import stat
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO

from workers.datasets.errors import ArchiveError

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
    NotImplementedError,
    RuntimeError,
)

ACCEPTED = (
    "accepted is a zip of train/<class>/*.png|jpg and test/<class>/*, or an .npz with x_train,"
    " y_train, x_test and y_test"
)


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Open a zip whose declared sizes are harmless; ArchiveError otherwise."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveError(f"the file is not a whole zip archive ({error}); {ACCEPTED}") from None
    entries = archive.infolist()
    if not entries:
        raise ArchiveError(f"the archive is empty; {ACCEPTED}")
    if len(entries) > MOST_ENTRIES:
        raise ArchiveError(f"the archive has {len(entries):,} entries; at most {MOST_ENTRIES:,}")
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        raise ArchiveError(
            f"the archive would unpack to {total:,} bytes; at most {MOST_BYTES:,} are accepted"
        )
    for entry in entries:
        _check_entry(entry)
    return archive


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry, never more than it declared."""
    try:
        with archive.open(entry) as opened:
            content = opened.read(entry.file_size + 1)
    except DAMAGE as error:
        raise ArchiveError(f"'{entry.filename}' in the archive is damaged ({error})") from None
    if len(content) != entry.file_size:
        raise ArchiveError(f"'{entry.filename}' in the archive is not of the size it declares")
    return content


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    path = PurePosixPath(name.replace("\\", "/"))
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
