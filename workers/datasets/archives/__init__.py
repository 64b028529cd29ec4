"""Archives that people upload, one kind a file: bounded before they are opened, read from disk."""

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from workers.datasets.archives import single_file, tar_archive, zip_archive
from workers.datasets.archives.folder import Folder
from workers.datasets.archives.single_file import SingleFile
from workers.datasets.archives.tar_archive import TarArchive
from workers.datasets.archives.zip_archive import ZipArchive
from workers.datasets.errors import UnreadableArchiveError
from workers.datasets.listings.places import FilePlace

START = 512  # bytes, enough to know what a file is


class Archive(Protocol):
    """The files of an archive that was bounded before it was opened."""

    @property
    def names(self) -> Collection[str]:
        """The paths of the files, `/` between folders, in the order of the archive."""
        ...

    @property
    def folders(self) -> Collection[str]:
        """The paths of folders that the archive names itself; those without files are among them."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of a file of moderate size; ArchiveError where it is damaged or larger."""
        ...

    def uncompressed_place(self, name: str) -> FilePlace:
        """Where the uncompressed bytes of a file lie; they are unpacked first if need be."""
        ...

    def place(self, name: str) -> FilePlace:
        """Where the bytes of a file lie, compressed or not, for any process to read."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


def open_archive(path: Path, scratch: Path) -> Archive:
    """Open a folder, or a file as the archive that its first bytes say it is.

    What has to be unpacked is written to the folder `scratch`. ArchiveError, or
    UnreadableArchiveError where the file is no archive, or one without files.
    """
    if path.is_dir():
        return Folder(path)
    with path.open("rb") as file:
        start = file.read(START)
    if start.startswith(zip_archive.MAGIC):
        return ZipArchive(path, scratch)
    if tar_archive.is_tar(start):
        return TarArchive(path, scratch)
    if start.startswith(single_file.MAGIC):
        return SingleFile(path)
    raise UnreadableArchiveError("the file is no archive")
