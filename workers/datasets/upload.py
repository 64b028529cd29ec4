"""Datasets that people upload."""

from pathlib import Path
from typing import BinaryIO

from workers.datasets import store
from workers.datasets.errors import DatasetConflictError
from workers.datasets.formats import read_archive
from workers.datasets.known import datasets
from workers.datasets.store import DatasetDescription


def import_archive(folder: Path, name: str, file: BinaryIO) -> DatasetDescription:
    """Store an uploaded archive as dataset `name`, in place of one that may be there.

    Raises DatasetNameError, ArchiveError, ContentError, or DatasetConflictError where the name
    belongs to a dataset whose content is known and this is another.
    """
    store.path_of(folder, name)
    content = read_archive(file)
    expected = datasets[name]().sha256 if name in datasets else None
    if expected not in {None, content.sha256}:
        raise DatasetConflictError(
            f"'{name}' is a well-known dataset and this is another one; upload it under another name"
        )
    with store.locked(folder, name):
        return store.save(folder, name, content, source="upload")
