"""The datasets that are ready, by name, and whether anything still needs one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.storage.tables import Dataset, Job, JobStatus

UPLOAD = "upload"  # the kind of job that makes a dataset of an uploaded file
RANDOM_VALIDATION = (
    "random-validation10"  # the rule of versions up to 0.1, which had no names for them
)


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
    query = select(Dataset.name, Dataset.sha256, Dataset.split).where(Dataset.name.in_(wanted))
    return {name: DatasetIdentity(sha256, split) for name, sha256, split in session.execute(query)}


def is_needed(session: Session, identity: DatasetIdentity) -> bool:
    """Whether a name stands for the dataset, or a job that has not succeeded may still train on it."""
    named = select(Dataset.name).where(
        Dataset.sha256 == identity.sha256, Dataset.split == identity.split
    )
    used = select(Job.id).where(
        Job.dataset_sha256 == identity.sha256,
        Job.dataset_split == identity.split,
        Job.status != JobStatus.SUCCEEDED,
    )
    queries: tuple[Any, ...] = (named, used)
    return any(session.scalar(query.limit(1)) is not None for query in queries)


def is_upload_needed(session: Session, upload: str) -> bool:
    """Whether a dataset was made of this uploaded file, or a job may still make one."""
    made = select(Dataset.name).where(Dataset.upload == upload)
    waiting = select(Job.id).where(
        Job.kind == UPLOAD,
        Job.status != JobStatus.SUCCEEDED,
        Job.options["upload"].as_string() == upload,
    )
    queries: tuple[Any, ...] = (made, waiting)
    return any(session.scalar(query.limit(1)) is not None for query in queries)
