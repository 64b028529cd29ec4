"""Uploaded datasets: a zip of class folders, or an .npz. Data, never code, bounded before opened."""

from typing import BinaryIO

from workers.datasets.content import Content, checked
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._zip_bounds import open_zip
from workers.datasets.formats.class_folders import read_class_folders
from workers.datasets.formats.numpy_archive import read_numpy_archive

__all__ = ["ArchiveError", "read_archive"]


def read_archive(file: BinaryIO) -> Content:
    """The dataset in an archive; ArchiveError or ContentError says what would be accepted."""
    with open_zip(file) as archive:
        names = [entry.filename for entry in archive.infolist()]
        is_numpy = bool(names) and all(name.endswith(".npy") for name in names)
        return checked(read_numpy_archive(archive) if is_numpy else read_class_folders(archive))
