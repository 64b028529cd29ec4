"""Gives a prepared dataset its name, and clears away the files that nothing needs any more."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from workers.datasets.stored.clearing import Files
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.store import DatasetAbsentError, DatasetStore, check_name
from workers.storage import ready_datasets
from workers.storage.database import utc_now
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import Dataset


class Upload(NamedTuple):
    """A file that was uploaded, on this machine."""

    path: Path
    sha256: str


def describe(session: Session, name: str) -> DatasetDescription:
    """What a dataset is; DatasetAbsentError where there is none of that name, DatasetNameError."""
    description = find_description(session, name)
    if description is None:
        raise DatasetAbsentError(name)
    return description


def find_description(session: Session, name: str) -> DatasetDescription | None:
    """What a dataset is; None where there is none of that name. DatasetNameError."""
    check_name(name)
    row = ready_datasets.find(session, name)
    return DatasetDescription.from_json(row.description) if row else None


def register(
    session: Session,
    store: DatasetStore,
    name: str,
    description: DatasetDescription,
    prepared: Path,
    upload: Upload | None = None,
) -> Files | None:
    """Keep a prepared file, and let `name` stand for it; returns the files it stood for before.

    The files are kept within the transaction of the session, so that clear(), which has one of its
    own, does not remove them before the row is there. Send large ones ahead: the database waits.
    """
    ready_datasets.lock_files(session)
    before = ready_datasets.find(session, name)
    old = _files_of(before) if before else None
    store.keep(prepared, description.identity)
    session.merge(
        Dataset(
            name=name,
            sha256=description.sha256,
            split=description.split,
            description=description.as_json(),
            upload=store.keep_upload(upload.path, upload.sha256) if upload else None,
            upload_sha256=upload.sha256 if upload else None,
            created_at=utc_now(),
        )
    )
    session.flush()
    return old


def unregister(session: Session, name: str) -> Files:
    """Forget a dataset; returns its files, which clear() removes. DatasetAbsentError."""
    row = ready_datasets.find(session, name)
    if row is None:
        raise DatasetAbsentError(name)
    session.delete(row)
    session.flush()
    return _files_of(row)


def _files_of(row: Dataset) -> Files:
    return Files(DatasetIdentity(row.sha256, row.split), row.upload)
