"""A tar, compressed or not: unpacked as one stream, then read where its files lie, by any process."""

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any, Self

from workers.datasets.archives import limits
from workers.datasets.errors import ArchiveError, UnreadableArchiveError
from workers.datasets.listings.places import FilePlace
from workers.storage.full_disk import is_disk_full

MAGIC_OFFSET, MAGIC = 257, b"ustar"
BLOCK = 1024**2
MAX_EXTENSION = 1024**2  # bytes of a name or of attributes, which tarfile reads into memory
EXTENSIONS = {
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
}
DAMAGE = (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError, ValueError)
#: First bytes → opens the stream below.
COMPRESSIONS: dict[bytes, Any] = {
    b"\x1f\x8b": gzip.open,
    b"\xfd7zXZ\x00": lzma.open,
    b"BZh": bz2.open,
}


class TarArchive:
    """The files of a tar, by their paths."""

    def __init__(self, path: Path, scratch: Path) -> None:
        self._path = _decompress(path, scratch)
        try:
            self._files, self._folders = _members(self._path)
        except DAMAGE as error:
            raise UnreadableArchiveError(f"the file is not a whole tar archive ({error})") from None
        if not self._files:
            raise UnreadableArchiveError("the archive is empty")

    @property
    def names(self) -> Collection[str]:
        """The paths of the files, `/` between folders, in the order of the archive."""
        return self._files.keys()

    @property
    def folders(self) -> Collection[str]:
        """The paths of the folders that have an entry of their own, as empty ones do."""
        return self._folders

    def read(self, name: str) -> bytes:
        """The bytes of a file; ArchiveError where it is damaged."""
        place = self._files[name]
        if place.length > limits.MAX_TABLE_BYTES:
            raise ArchiveError(f"'{name}' has more than {limits.MAX_TABLE_BYTES:,} bytes")
        return place.read()

    def uncompressed_place(self, name: str) -> FilePlace:
        """Where the bytes of a file lie as they are: in a tar they always do."""
        return self._files[name]

    def place(self, name: str) -> FilePlace:
        """Where the bytes of a file lie, compressed or not, for any process to read."""
        return self._files[name]

    def close(self) -> None:
        """Nothing is open."""


def is_tar(start: bytes) -> bool:
    """Whether a file that starts so is a tar, or compressed as a tar may be."""
    is_compressed = any(start.startswith(magic) for magic in COMPRESSIONS)
    return is_compressed or start[MAGIC_OFFSET:].startswith(MAGIC)


def _decompress(path: Path, scratch: Path) -> Path:
    """The tar itself: the file, or what it decompresses to, within the bounds."""
    with path.open("rb") as file:
        start = file.read(len(b"\xfd7zXZ\x00"))
    opener = next((made for magic, made in COMPRESSIONS.items() if start.startswith(magic)), None)
    if opener is None:
        return path
    target = scratch / "archive.tar"
    try:
        with opener(path, "rb") as source, target.open("wb") as unpacked:
            _copy(source, unpacked, packed=path.stat().st_size)
    except DAMAGE as error:
        if is_disk_full(error):
            raise
        raise UnreadableArchiveError(f"the archive is damaged ({error})") from None
    return target


def _copy(source: IO[bytes], target: IO[bytes], packed: int) -> None:
    copied = 0
    while block := source.read(BLOCK):
        copied += len(block)
        limits.check_total(copied)
        limits.check_ratio("the archive", copied, packed)
        target.write(block)


def _members(path: Path) -> tuple[dict[str, FilePlace], list[str]]:
    """Path → place of each file, and the paths of the folders."""
    files: dict[str, FilePlace] = {}
    folders: list[str] = []
    total = 0
    with tarfile.open(path, "r:", tarinfo=_BoundedHeader) as opened:
        for number, member in enumerate(opened, start=1):
            limits.check_number(number)
            if member.isdir():
                folders += [] if member.name in {".", ""} else [limits.check_path(member.name)]
                continue
            name = limits.check_path(member.name)
            _refuse_special(member, name)
            total += member.size
            limits.check_total(total)
            limits.check_new(name, files)
            files[name] = FilePlace(str(path), member.offset_data, member.size)
            opened.members = []  # type: ignore[attr-defined]  # or every header stays in memory
        _check_end(path, opened.offset)
    return files, folders


def _check_end(path: Path, offset: int) -> None:
    """ReadError where a tar lacks the zeros that follow its last file: it was cut between two files."""
    with path.open("rb") as file:
        file.seek(offset)
        if file.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
            raise tarfile.ReadError("it is cut off: the mark at its end is missing")


def _refuse_special(member: tarfile.TarInfo, name: str) -> None:
    if not member.isreg():
        raise ArchiveError(
            f"the archive has a link or a device: {name[:200]!r}; only files are accepted"
        )
    if member.issparse():
        raise ArchiveError(f"'{name[:200]}' is sparse; only plain files are accepted")


class _BoundedHeader(tarfile.TarInfo):
    """A header whose extension, such as a long name, is refused where it is too long to be meant."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The header in a block, as tarfile reads it into memory."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in EXTENSIONS and header.size > MAX_EXTENSION:
            raise ArchiveError(
                f"the archive has a name or attributes of {header.size:,} bytes; at most"
                f" {MAX_EXTENSION:,} are accepted"
            )
        return header
