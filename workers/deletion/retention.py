"""Retention: trainings that nothing needs are deleted when they are old, or when they take too much room."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, select
from sqlalchemy.orm import Session

from workers.deletion import deleting
from workers.deletion.belongings import belongings_of
from workers.deletion.deleting import NeededError
from workers.deletion.needs import first_need
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import database_now, transaction
from workers.storage.deletions import lock_records
from workers.storage.kind_names import QUANTISE, TRAIN
from workers.storage.labels import conditions
from workers.storage.tables import FINAL, Alias, Comparison, ComparisonJob, Job, Model

logger = logging.getLogger(__name__)

KEEP = "keep"  # the tag of jobs and models that stay


class Candidate(NamedTuple):
    """A job that nothing needs."""

    job_id: str
    finished_at: datetime
    num_bytes: int  # of the files that would go with it


def apply_retention(
    database: Engine, artifacts: ArtifactStore, *, days: int, max_bytes: int
) -> None:
    """Delete jobs that ended more than `days` ago, and the oldest while all take over `max_bytes`.

    0 stands for no limit. Only trainings and quantisations count that have ended and that no alias, no
    comparison, no int8 model and no tag `keep` needs. They can be restored as whatever is deleted.
    """
    if not days and not max_bytes:
        return
    with transaction(database, read_only=True) as session:
        oldest = database_now(session) - timedelta(days=days)
        found = list(_candidates(session, artifacts))
    num_bytes = sum(candidate.num_bytes for candidate in found)
    for candidate in found:
        is_old = bool(days) and candidate.finished_at < oldest
        is_too_much = bool(max_bytes) and num_bytes > max_bytes
        if (is_old or is_too_much) and _delete(database, candidate.job_id):
            num_bytes -= candidate.num_bytes
            logger.info(
                "job %s (%d bytes) is deleted: %s; for a day it can be restored",
                candidate.job_id,
                candidate.num_bytes,
                f"it ended more than {days} days ago"
                if is_old
                else f"over {max_bytes} bytes are kept",
            )


def _candidates(session: Session, artifacts: ArtifactStore) -> Iterator[Candidate]:
    """The jobs that nothing needs, the one that ended first first."""
    query = select(Job).where(_is_unneeded()).order_by(Job.finished_at, Job.id)
    for job in session.scalars(query).all():
        going = belongings_of(session, job)
        if job.finished_at is not None and first_need(session, going) is None:
            sizes = [sum(artifacts.sizes(path).values()) for path in going.artifacts()]
            yield Candidate(job.id, job.finished_at, sum(sizes))


def _delete(database: Engine, job_id: str) -> bool:
    """Delete a job unless something has come to need it meanwhile; returns whether it is deleted."""
    try:
        with transaction(database) as session:
            lock_records(session)
            if session.scalar(select(Job.id).where(Job.id == job_id, _is_unneeded())) is None:
                return False
            deleting.delete(session, Job, job_id)
    except NeededError:
        return False
    return True


def _is_unneeded() -> ColumnElement[bool]:
    """The condition that a job has ended, and that no tag, alias or comparison needs it."""
    compared = select(ComparisonJob.job_id).join(
        Comparison, Comparison.id == ComparisonJob.comparison_id
    )
    present = select(Comparison.id).where(Comparison.deleted_at.is_(None))
    aliased = select(Model.job_id).join(Alias, Alias.model_id == Model.id)
    kept = select(Model.job_id).where(*conditions(Model, search=None, tag=KEEP))
    return and_(
        Job.kind.in_([TRAIN, QUANTISE]),
        Job.status.in_(FINAL),
        Job.deleted_at.is_(None),
        ~and_(*conditions(Job, search=None, tag=KEEP)),
        Job.comparison_id.is_(None) | Job.comparison_id.not_in(present),
        Job.id.not_in(compared.where(Comparison.deleted_at.is_(None))),
        Job.id.not_in(aliased),
        Job.id.not_in(kept),
    )
