"""Clears away the files of datasets that nothing needs, whoever left them: a killed process, a failed job.

Nothing here imports numpy, so that workers can use it.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Engine

from workers.datasets.stored.store import DatasetStore
from workers.storage import ready_datasets
from workers.storage.artifacts import ArtifactError, StoreUnavailableError
from workers.storage.database import transaction, utc_now
from workers.storage.ready_datasets import DatasetIdentity

GRACE = timedelta(days=1)  # for files whose row may not be there yet


class Files(NamedTuple):
    """The files of a dataset in the artifact store."""

    identity: DatasetIdentity | None = None
    upload: str | None = None  # artifact path of what it was made of


def clear(database: Engine, store: DatasetStore, files: Files | None) -> None:
    """Remove files that no dataset is made of and no job may still train on.

    Where the artifact store does not answer, clear_unneeded() removes them later.
    """
    if files is None:
        return
    with contextlib.suppress(StoreUnavailableError), transaction(database) as session:
        ready_datasets.lock_files(session)
        if files.identity and not ready_datasets.is_needed(session, files.identity):
            store.remove(files.identity)
        if files.upload and not ready_datasets.is_upload_needed(
            session, files.upload, now=utc_now()
        ):
            store.remove_upload(files.upload)


def clear_unneeded(database: Engine, store: DatasetStore, *, now: datetime) -> None:
    """Remove uploads, prepared files and this machine's copies that nothing needs, and scratch files.

    Files that are older than the database's first job stay: they belong to another database.
    """
    store.remove_abandoned()
    with transaction(database, read_only=True) as session:
        first = ready_datasets.first_job_at(session)
        unneeded = [
            (Files(identity), partial(store.written_at, identity))
            for identity in store.list_prepared()
            if not ready_datasets.is_needed(session, identity)
        ] + [
            (Files(upload=upload), partial(store.uploaded_at, upload))
            for upload in store.list_uploads()
            if not ready_datasets.is_upload_needed(session, upload, now=now)
        ]
    if first:
        for files in _written_between(first - GRACE, now - GRACE, unneeded):
            clear(database, store, files)


def _written_between(
    start: datetime, end: datetime, found: Sequence[tuple[Files, Callable[[], datetime]]]
) -> Iterator[Files]:
    for files, written_at in found:
        with contextlib.suppress(ArtifactError):  # another process has removed it
            if start <= written_at() <= end:
                yield files
