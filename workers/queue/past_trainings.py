"""Trainings of the past as rows: what was trained, on what, and on which device."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from workers.storage.kind_names import TRAIN
from workers.storage.tables import Dataset, Job, JobStatus

#: How many of the newest are looked at.
MAX_TRAININGS = 100


@dataclass(frozen=True)
class PastTraining:
    """A training that has completed an epoch."""

    job_id: str
    architecture: str
    options: dict[str, Any]
    epochs: int  # completed
    flops: float | None  # forward pass of one image; None: it has not succeeded
    device: str | None  # in words; None: it has not succeeded


def of_architectures(
    session: Session, names: Collection[str], dataset_hashes: Collection[str]
) -> list[PastTraining]:
    """Trainings of some architectures on datasets with one of these contents, newest first."""
    return _newest(
        session, Job.architecture.in_(names), Job.dataset_sha256.in_(dataset_hashes), Job.epoch > 0
    )


def succeeded(session: Session) -> list[PastTraining]:
    """Trainings that have succeeded, newest first."""
    return _newest(session, Job.status == JobStatus.SUCCEEDED, Job.epoch > 0)


def hashes_of_shape(session: Session, image_shape: tuple[int, int, int]) -> set[str]:
    """The contents of all datasets whose images have this shape (channels, height, width)."""
    channels, height, width = image_shape
    rows = session.execute(select(Dataset.sha256, Dataset.description["preparation"]))
    return {
        sha256
        for sha256, preparation in rows
        if (preparation["channels"], preparation["height"], preparation["width"])
        == (channels, height, width)
    }


def _newest(session: Session, *conditions: ColumnElement[bool]) -> list[PastTraining]:
    columns = (
        Job.id,
        Job.architecture,
        Job.options,
        Job.epoch,
        Job.result["flops"].as_float(),
        Job.result["device_name"].as_string(),
    )
    query = select(*columns).where(Job.kind == TRAIN, *conditions)
    query = query.order_by(Job.created_at.desc(), Job.id.desc()).limit(MAX_TRAININGS)
    return [PastTraining(*row) for row in session.execute(query)]
