"""A zip: its files are read where they lie, by any process."""

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

from workers.datasets.archives import limits
from workers.datasets.errors import ArchiveError, UnreadableArchiveError
from workers.datasets.listings.places import FilePlace, file_on_disk
from workers.storage.full_disk import is_disk_full

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
#: What zipfile raises for a file that is damaged, or newer than it knows: NotImplementedError stands
#: for a method of compression, or a version of the format, that it cannot read.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
#: The last two numbers of a local header: the lengths of the name and of the extra field.
LOCAL_HEADER = struct.Struct("<26x2H")
BLOCK = 1024**2


class ZipArchive:
    """The files of a zip whose declared sizes are harmless, by their paths."""

    def __init__(self, path: Path, scratch: Path) -> None:
        self._path, self._scratch = path, scratch
        try:
            self._zip = zipfile.ZipFile(path)
        except DAMAGE as error:
            raise UnreadableArchiveError(f"the file is not a whole zip archive ({error})") from None
        entries = self._zip.infolist()
        limits.check_number(len(entries))
        limits.check_total(sum(entry.file_size for entry in entries))
        self._files, self._folders = _files_and_folders(entries, path.stat().st_size)
        if not self._files:
            raise UnreadableArchiveError("the archive is empty")
        self._file: BinaryIO = path.open("rb")

    @property
    def names(self) -> Collection[str]:
        """The paths of the files, `/` between folders, in the order of the archive."""
        return self._files.keys()

    @property
    def folders(self) -> Collection[str]:
        """The paths of the folders that have an entry of their own, as empty ones do."""
        return self._folders

    def read(self, name: str) -> bytes:
        """The bytes of a file, never more than it declared; ArchiveError where it is damaged."""
        entry = self._files[name]
        if entry.file_size > limits.MAX_TABLE_BYTES:
            raise ArchiveError(f"'{name}' has more than {limits.MAX_TABLE_BYTES:,} bytes")
        try:
            with self._zip.open(entry) as opened:
                content = opened.read(entry.file_size + 1)
        except DAMAGE as error:
            raise ArchiveError(f"'{name}' in the archive is damaged ({error})") from None
        if len(content) != entry.file_size:
            raise ArchiveError(f"'{name}' in the archive is not of the size it declares")
        return content

    def uncompressed_place(self, name: str) -> FilePlace:
        """Where the uncompressed bytes of a file lie; they are unpacked first if need be."""
        is_stored = self._files[name].compress_type == zipfile.ZIP_STORED
        return self.place(name) if is_stored else file_on_disk(self._unpack(name))

    def place(self, name: str) -> FilePlace:
        """Where the bytes of a file lie, compressed or not, for any process to read."""
        entry = self._files[name]
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return file_on_disk(self._unpack(name))
        header = os.pread(self._file.fileno(), LOCAL_HEADER.size, entry.header_offset)
        if len(header) != LOCAL_HEADER.size:
            raise ArchiveError(f"'{name}' in the archive is damaged (its header is cut off)")
        offset = entry.header_offset + LOCAL_HEADER.size + sum(LOCAL_HEADER.unpack(header))
        is_deflated = entry.compress_type == zipfile.ZIP_DEFLATED
        return FilePlace(
            str(self._path),
            offset,
            entry.compress_size,
            inflated=entry.file_size if is_deflated else None,
            checksum=entry.CRC,
        )

    def _unpack(self, name: str) -> Path:
        entry = self._files[name]
        target = self._scratch / f"unpacked{entry.header_offset}"
        try:
            with self._zip.open(entry) as opened, target.open("wb") as file:
                while block := opened.read(BLOCK):
                    file.write(block)
        except DAMAGE as error:
            if is_disk_full(error):
                raise
            raise ArchiveError(f"'{name}' in the archive is damaged ({error})") from None
        return target

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._zip.close()


def _files_and_folders(
    entries: list[zipfile.ZipInfo], num_bytes: int
) -> tuple[dict[str, zipfile.ZipInfo], list[str]]:
    """The entries of an archive of `num_bytes`, by their paths."""
    files: dict[str, zipfile.ZipInfo] = {}
    folders = []
    for entry in entries:
        path = _checked_path(entry)
        if entry.header_offset < 0 or entry.header_offset + entry.compress_size > num_bytes:
            raise ArchiveError(f"'{path[:200]}' in the archive is damaged (it is not all there)")
        if limits.with_slashes(entry.filename).endswith("/"):
            folders.append(path)
        else:
            limits.check_new(path, files)
            files[path] = entry
    return files, folders


def _checked_path(entry: zipfile.ZipInfo) -> str:
    path = limits.check_path(entry.filename)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveError(
            f"the archive has a symbolic link: {path[:200]!r}; only files are accepted"
        )
    if entry.flag_bits & 0x1:
        raise ArchiveError(
            "the archive is encrypted; only archives without a password are accepted"
        )
    limits.check_ratio(path, entry.file_size, entry.compress_size)
    return path
