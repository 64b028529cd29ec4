"""Clears away the files of weights that no name stands for any more.

Nothing here imports torch, so that workers can use it.
"""

import contextlib
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from workers.storage.artifacts import ArtifactError, StoreUnavailableError
from workers.storage.database import transaction
from workers.storage.ready_datasets import first_job_at, lock_files
from workers.storage.tables import UNFINISHED, Job, JobStatus, WeightsFile
from workers.weights.errors import WeightsAbsentError
from workers.weights.store import WeightsStore

GRACE = timedelta(days=1)  # for files whose row may not be there yet


def delete(database: Engine, store: WeightsStore, name: str) -> None:
    """Forget weights, and remove their file unless another name stands for it; WeightsAbsentError."""
    with transaction(database) as session:
        row = session.get(WeightsFile, name)
        if row is None:
            raise WeightsAbsentError(name)
        session.delete(row)
    clear(database, store, row.sha256)


def clear(database: Engine, store: WeightsStore, sha256: str) -> None:
    """Remove a file that no name stands for.

    Where the artifact store does not answer, clear_unneeded() removes it later.
    """
    with contextlib.suppress(StoreUnavailableError), transaction(database) as session:
        lock_files(session)
        if not _is_needed(session, sha256):
            store.remove(sha256)


def clear_unneeded(database: Engine, store: WeightsStore, *, now: datetime) -> None:
    """Remove the files that a killed process has left without a name, and its scratch.

    Files that are older than the database's first job stay: they belong to another database.
    """
    store.remove_abandoned()
    with transaction(database, read_only=True) as session:
        first = first_job_at(session)
        unneeded = [sha256 for sha256 in store.list_sent() if not _is_needed(session, sha256)]
    if first is None:
        return
    for sha256 in unneeded:
        with contextlib.suppress(ArtifactError):  # another process has removed it
            if first - GRACE <= store.sent_at(sha256) <= now - GRACE:
                clear(database, store, sha256)


def _is_needed(session: Session, sha256: str) -> bool:
    """Whether a name stands for a file, or a job that may go on started from it.

    That is one that has not ended, or that has a checkpoint and can be tried again, or whose comparison
    has a training from these weights; and a job that has computed features, while a head waits to be
    trained on them.
    """
    is_of = Job.pretrained["sha256"].as_string() == sha256
    named = select(WeightsFile.name).where(WeightsFile.sha256 == sha256)
    waiting = select(Job.depends_on).where(Job.status.in_(UNFINISHED), Job.depends_on.is_not(None))
    trained = select(Job.comparison_id).where(is_of, Job.epoch > 0, Job.comparison_id.is_not(None))
    has_begun = (Job.epoch > 0) | Job.comparison_id.in_(trained)
    may_go_on = (Job.status != JobStatus.SUCCEEDED) & has_begun
    started = select(Job.id).where(
        is_of, Job.status.in_(UNFINISHED) | may_go_on | Job.id.in_(waiting)
    )
    return any(session.scalar(query.limit(1)) is not None for query in (named, started))
