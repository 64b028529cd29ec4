"""The datasets that are ready, by name, and whether anything still needs one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workers.storage.kind_names import UPLOAD
from workers.storage.tables import UNFINISHED, Dataset, FirstJob, Job, JobStatus

RANDOM_VALIDATION = (
    "random-validation10"  # the rule of versions up to 0.1, which had no names for them
)

#: How long an upload stays whose job has failed or was cancelled, so that it can be tried again.
KEPT = timedelta(days=7)
FILES_LOCK = 0x64617461  # the key of an advisory lock; any number that nothing else here uses


class DatasetIdentity(NamedTuple):
    """What a training depends on: the content of a dataset, and the rule by which it was split."""

    sha256: str
    split: str


def find(session: Session, name: str) -> Dataset | None:
    """What a name stands for now; None where it stands for nothing."""
    return session.get(Dataset, name)


def find_all(session: Session) -> Sequence[Dataset]:
    """Every dataset, by name."""
    return session.scalars(select(Dataset).order_by(Dataset.name)).all()


def names(session: Session) -> list[str]:
    """The names of all datasets."""
    return list(session.scalars(select(Dataset.name).order_by(Dataset.name)))


def identities(session: Session, wanted: set[str]) -> dict[str, DatasetIdentity]:
    """Name → identity of the dataset that it stands for now, of those names that stand for any."""
    # One by one, so that a row which the session has read already is not read again.
    rows = [find(session, name) for name in sorted(wanted)]
    return {row.name: DatasetIdentity(row.sha256, row.split) for row in rows if row}


def lock_files(session: Session) -> None:
    """Let one transaction at a time decide which files are kept, and which are removed."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(FILES_LOCK)))


def first_job_at(session: Session) -> datetime | None:
    """When the first job of this database was enqueued, even if it was deleted since."""
    removed = session.scalar(select(FirstJob.created_at))
    first = select(Job.created_at).order_by(Job.created_at, Job.id).limit(1)
    return removed or session.scalar(first)


def is_needed(session: Session, identity: DatasetIdentity, *, but: str = "") -> bool:
    """Whether a name stands for the dataset, or a job that has not succeeded may still train on it.

    The name `but` does not count.
    """
    named = select(Dataset.name).where(
        Dataset.sha256 == identity.sha256, Dataset.split == identity.split, Dataset.name != but
    )
    used = select(Job.id).where(
        Job.dataset_sha256 == identity.sha256,
        Job.dataset_split == identity.split,
        Job.status != JobStatus.SUCCEEDED,
    )
    queries: tuple[Any, ...] = (named, used)
    return any(session.scalar(query.limit(1)) is not None for query in queries)


def is_upload_needed(session: Session, upload: str, *, now: datetime, but: str = "") -> bool:
    """Whether a dataset was made of this uploaded file, or a job may still make one.

    A job that has failed or was cancelled may be tried again for as long as KEPT, unless its name
    has been taken by a dataset since. A dataset of the name `but` does not count.
    """
    made = select(Dataset.name).where(Dataset.upload == upload, Dataset.name != but)
    ended = func.coalesce(Job.finished_at, Job.created_at)
    is_taken = select(Dataset.name).where(Dataset.name == Job.dataset, Dataset.created_at > ended)
    may_be_retried = Job.status.in_([JobStatus.FAILED, JobStatus.CANCELLED]) & (ended > now - KEPT)
    waiting = select(Job.id).where(
        Job.kind == UPLOAD,
        Job.options["upload"].as_string() == upload,
        Job.status.in_(UNFINISHED) | (may_be_retried & ~is_taken.exists()),
    )
    queries: tuple[Any, ...] = (made, waiting)
    return any(session.scalar(query.limit(1)) is not None for query in queries)
