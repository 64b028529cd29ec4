"""Jobs that check a dataset: enqueued when it is ready, and found by what it stands for now."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.queue import jobs
from workers.queue.comparable import identity_of
from workers.queue.jobs import TRAIN, JobRequest
from workers.storage.datasets import DatasetIdentity
from workers.storage.tables import Job, JobStatus

CHECKS = "checks"  # the kind of job
MOST_TRAININGS = 50  # whose predictions are used, the newest


def enqueue_checks(session: Session, dataset: str, *, now: datetime) -> Job:
    """Enqueue checking a dataset, beside trainings; a job that waits already is returned.

    The job checks what the name stands for when it starts, so that it keeps nobody from replacing it.
    """
    waiting = select(Job).where(
        Job.dataset == dataset, Job.kind == CHECKS, Job.status == JobStatus.QUEUED
    )
    job = session.scalars(waiting.order_by(Job.created_at, Job.id).limit(1)).one_or_none()
    return job or jobs.enqueue(session, JobRequest(CHECKS, dataset, beside=True), now=now)


def newest_checks(session: Session, dataset: str, identity: DatasetIdentity) -> Job | None:
    """The job that has checked this content of a dataset last; None where none has."""
    query = select(Job).where(
        Job.dataset == dataset,
        Job.kind == CHECKS,
        Job.status == JobStatus.SUCCEEDED,
        Job.dataset_sha256 == identity.sha256,
        Job.dataset_split == identity.split,
    )
    return session.scalars(query.order_by(Job.finished_at.desc(), Job.id.desc()).limit(1)).first()


def trainings(session: Session, dataset: str, identity: DatasetIdentity) -> list[Job]:
    """The newest trainings on this content of a dataset that have succeeded."""
    query = select(Job).where(
        Job.dataset == dataset, Job.kind == TRAIN, Job.status == JobStatus.SUCCEEDED
    )
    newest = session.scalars(query.order_by(Job.finished_at.desc()).limit(MOST_TRAININGS))
    return [job for job in newest if identity_of(job) == identity]
