"""A folder on this machine, as an archive of its files."""

from collections.abc import Collection
from pathlib import Path

from workers.datasets.listings.places import FilePlace, file_on_disk


class Folder:
    """The files below a folder, by their paths relative to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        found = sorted(path.rglob("*"))
        self._names = [file.relative_to(path).as_posix() for file in found if file.is_file()]
        self._folders = [file.relative_to(path).as_posix() for file in found if file.is_dir()]

    @property
    def names(self) -> Collection[str]:
        """The paths of the files, `/` between folders."""
        return self._names

    @property
    def folders(self) -> Collection[str]:
        """The paths of the folders, empty ones too."""
        return self._folders

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        return self.place(name).read()

    def uncompressed_place(self, name: str) -> FilePlace:
        """Where the bytes of a file lie."""
        return self.place(name)

    def place(self, name: str) -> FilePlace:
        """Where the bytes of a file lie."""
        return file_on_disk(self._path / name)

    def close(self) -> None:
        """Nothing is open."""
