"""A file that holds a whole dataset, as an archive of itself."""

from collections.abc import Collection
from pathlib import Path

from workers.datasets.listings.places import FilePlace, file_on_disk

MAGIC = b"PAR1"  # of Parquet
NAME = "data.parquet"


class SingleFile:
    """One file, by one name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def names(self) -> Collection[str]:
        """The name of the file."""
        return [NAME]

    @property
    def folders(self) -> Collection[str]:
        """There are none."""
        return []

    def read(self, name: str) -> bytes:
        """The bytes of the file."""
        return self.place(name).read()

    def uncompressed_place(self, name: str) -> FilePlace:
        """Where the bytes of the file lie."""
        return self.place(name)

    def place(self, name: str) -> FilePlace:
        """Where the bytes of the file lie."""
        del name
        return file_on_disk(self._path)

    def close(self) -> None:
        """Nothing is open."""
