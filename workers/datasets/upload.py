"""Makes a dataset of what somebody has uploaded."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workers.datasets.errors import DatasetConflictError
from workers.datasets.known import datasets
from workers.datasets.stored.clearing import clear
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.registration import Upload, register
from workers.datasets.stored.store import UPLOADING, DatasetStore, check_name
from workers.datasets.upload_options import UploadOptions
from workers.storage.database import transaction
from workers.storage.full_disk import refusing_full_disk

#: Writes an uploaded file to a prepared one, and describes it.
Prepare = Callable[[Path, Path, UploadOptions], DatasetDescription]


@dataclass(frozen=True)
class UploadRequest:
    """What was uploaded, and what is to be made of it."""

    name: str
    upload: Upload
    options: UploadOptions


def import_upload(
    database: Engine,
    store: DatasetStore,
    request: UploadRequest,
    *,
    prepare: Prepare,
    refuse: Callable[[Session], None],
    attempt: Callable[[Callable[[], None]], None],
) -> DatasetDescription:
    """Prepare an upload and let its name stand for it, in place of a dataset of that name.

    `refuse` raises where the name cannot change its meaning now; `attempt` calls what sends the files
    to the artifact store, and may call it again where that does not answer. DatasetNameError, ArchiveError,
    ContentError, DiskFullError, StoreUnavailableError, or DatasetConflictError where the name belongs
    to a dataset whose content is known and this is another. An error changes nothing.
    """
    name = request.name
    check_name(name)
    store.folder.mkdir(parents=True, exist_ok=True)
    with (
        refusing_full_disk(*store.folders),
        tempfile.TemporaryDirectory(dir=store.folder, prefix=UPLOADING) as scratch,
    ):
        prepared = Path(scratch) / "prepared.safetensors"
        description = prepare(request.upload.path, prepared, request.options)
        _refuse_other_content(name, description)
        with transaction(database) as session:
            refuse(session)
        attempt(partial(_send, store, request.upload, prepared, description))
        with transaction(database) as session:
            refuse(session)  # sending took its time
            old = register(session, store, name, description, prepared, request.upload)
    clear(database, store, old)
    return description


def _send(
    store: DatasetStore, upload: Upload, prepared: Path, description: DatasetDescription
) -> None:
    """Put both files into the artifact store: outside of a transaction, since it may take minutes."""
    with refusing_full_disk(*store.folders):  # here, since nobody is to wait for that
        store.send(prepared, description.identity)
        store.keep_upload(upload.path, upload.sha256)


def _refuse_other_content(name: str, description: DatasetDescription) -> None:
    expected = datasets[name]().sha256 if name in datasets else None
    if expected not in {None, description.sha256}:
        raise DatasetConflictError(
            f"'{name}' is a well-known dataset and this is another one; upload it under another name"
        )
