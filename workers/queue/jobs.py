"""The queue: a table of jobs, and what people do with it. Workers' verbs are in leases.py."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from sqlalchemy import ForeignKey, Index, case, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from workers.errors import BakeoffError
from workers.queue import events
from workers.storage.database import Base, UtcDateTime
from workers.storage.ids import new_id
from workers.storage.pages import LATEST, Page, page

MAX_ATTEMPTS = 3


class JobKind(StrEnum):
    """What there is to do."""

    TRAIN = "train"
    FETCH = "fetch"
    LATENCY = "latency"


class JobStatus(StrEnum):
    """Where a job stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})


class Job(Base):
    """The request to do one piece of work."""

    __tablename__ = "jobs"
    __table_args__ = (
        # Claiming reads only the jobs that wait, and takeover only those that run.
        Index(
            "ix_jobs_queued",
            text("priority DESC"),
            "created_at",
            "id",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "ix_jobs_running",
            "lease_expires_at",
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
        Index("ix_jobs_created_at", "created_at", "id"),
        # The newest of a kind. None by status: SQLite would claim with it, and sort the whole queue.
        Index("ix_jobs_kind", "kind", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[JobKind]
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.QUEUED)
    priority: Mapped[int] = mapped_column(default=0)  # higher first
    comparison_id: Mapped[str | None] = mapped_column(ForeignKey("comparisons.id"), index=True)

    # What to do. A fetch has only a dataset; the options of a latency are the table to measure.
    dataset: Mapped[str]
    architecture: Mapped[str | None]
    options: Mapped[dict[str, Any]]
    recipe: Mapped[dict[str, Any] | None]
    recipe_hash: Mapped[str | None]
    seed: Mapped[int] = mapped_column(default=0)
    #: Whose latency to measure. No foreign key: models refer to jobs already.
    model_id: Mapped[str | None] = mapped_column(index=True)

    # Who does it. Every write of a worker names the token it claimed with.
    token: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)  # counted at claim
    max_attempts: Mapped[int] = mapped_column(default=MAX_ATTEMPTS)
    worker: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_requested: Mapped[bool] = mapped_column(default=False)

    # How it goes.
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # of the first attempt
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    progress: Mapped[dict[str, Any] | None]
    epoch: Mapped[int] = mapped_column(default=0)  # last epoch accepted
    checkpoint: Mapped[str | None]  # artifact path, of that epoch
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]  # one sentence


@dataclass(frozen=True)
class JobRequest:
    """What to do, checked at the door."""

    kind: JobKind
    dataset: str
    architecture: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] | None = None
    recipe_hash: str | None = None
    seed: int = 0
    priority: int = 0
    comparison_id: str | None = None
    model_id: str | None = None


class JobNotFoundError(BakeoffError):
    """There is no such job."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, job_id: str) -> None:
        super().__init__(f"there is no job '{job_id}'")


class JobStateError(BakeoffError):
    """A job cannot do this where it stands."""

    status = HTTPStatus.CONFLICT


def enqueue(session: Session, request: JobRequest, *, now: datetime) -> Job:
    """Add a job to the queue."""
    job = Job(id=new_id(), created_at=now, status=JobStatus.QUEUED, **vars(request))
    session.add(job)
    session.flush()
    _note_status(session, job.id, job.token, JobStatus.QUEUED, now)
    return job


def get(session: Session, job_id: str) -> Job:
    """One job; `latest` is the newest training. Raises JobNotFoundError."""
    query = select(Job).where(Job.id == job_id)
    if job_id == LATEST:
        newest = select(Job).where(Job.kind == JobKind.TRAIN)
        query = newest.order_by(Job.created_at.desc(), Job.id.desc()).limit(1)
    job = session.scalars(query).one_or_none()
    if job is None:
        raise JobNotFoundError(job_id)
    return job


def find(
    session: Session, filters: dict[str, Any], *, limit: int, cursor: str | None = None
) -> Page[Job]:
    """Jobs whose columns equal `filters`, newest first."""
    query = select(Job).where(*(getattr(Job, name) == value for name, value in filters.items()))
    return page(session, query, Job, limit=limit, cursor=cursor)


def newest_latency(session: Session, model_ids: Collection[str]) -> dict[str, Job]:
    """Model id → the job that has measured its latency last, for those that were measured."""
    query = select(Job).where(
        Job.model_id.in_(model_ids),
        Job.kind == JobKind.LATENCY,
        Job.status == JobStatus.SUCCEEDED,
    )
    return {str(job.model_id): job for job in session.scalars(query.order_by(Job.finished_at))}


def cancel(session: Session, job_id: str, *, now: datetime) -> Job:
    """Cancel a job: at once where it waits; where it runs its worker will. JobStateError if ended."""
    job_id = get(session, job_id).id
    waiting = Job.status == JobStatus.QUEUED
    changed = session.scalars(
        update(Job)
        .where(Job.id == job_id, Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]))
        .values(
            status=case((waiting, JobStatus.CANCELLED), else_=Job.status),
            finished_at=case((waiting, now), else_=Job.finished_at),
            cancel_requested=True,
        )
        .returning(Job)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if changed is None:
        raise JobStateError(f"job '{job_id}' has ended; only a queued or running job is cancelled")
    if changed.status == JobStatus.CANCELLED:
        _note_status(session, job_id, changed.token, JobStatus.CANCELLED, now)
    return changed


def retry(session: Session, job_id: str, *, now: datetime) -> Job:
    """Queue a failed or cancelled job again; it goes on from its last checkpoint."""
    job_id = get(session, job_id).id
    changed = session.scalars(
        update(Job)
        .where(Job.id == job_id, Job.status.in_([JobStatus.FAILED, JobStatus.CANCELLED]))
        .values(
            status=JobStatus.QUEUED,
            attempts=0,
            cancel_requested=False,
            finished_at=None,
            error=None,
            progress=None,
        )
        .returning(Job)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if changed is None:
        raise JobStateError(
            f"job '{job_id}' is neither failed nor cancelled; only such a job is tried again"
        )
    _note_status(session, job_id, changed.token, JobStatus.QUEUED, now)
    return changed


def _note_status(
    session: Session, job_id: str, token: int, status: JobStatus, now: datetime
) -> None:
    data = {"status": str(status)}
    events.add(session, job_id=job_id, at=now, kind="status", token=token, data=data)
