"""What clients do with the queue: enqueue, find, cancel and retry jobs."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from workers.errors import BakeoffError
from workers.observability.request_context import current
from workers.queue import events
from workers.storage import labels, ready_datasets
from workers.storage.deletions import refuse_deleted
from workers.storage.ids import new_id
from workers.storage.kind_names import TRAIN
from workers.storage.pages import LATEST, Page, page
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import UNFINISHED, Job, JobStatus

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobRequest:
    """A job to enqueue; whoever makes it has checked that it can be done."""

    kind: str
    dataset: str
    architecture: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] | None = None
    recipe_hash: str | None = None
    seed: int = 0
    fold: int | None = None  # from 1 to `folds`
    folds: int | None = None
    priority: int = 0
    comparison_id: str | None = None
    model_id: str | None = None
    depends_on: str | None = None  # the job whose end it waits for
    #: Whether the job uses the content that its dataset has now, and no other.
    pins_dataset: bool = False
    #: The content that the job uses, whatever its dataset has now.
    identity: DatasetIdentity | None = None
    #: The pretrained weights that it starts from, as `Job.pretrained`; None: it looks for them.
    pretrained: dict[str, Any] | None = None
    #: Whether the job runs beside trainings rather than behind them: it needs no GPU.
    background: bool = False


class JobNotFoundError(BakeoffError):
    """There is no such job."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, job_id: str) -> None:
        super().__init__(f"there is no job '{job_id}'")


class JobStateError(BakeoffError):
    """The status of a job does not allow this."""

    status = HTTPStatus.CONFLICT


def enqueue(session: Session, request: JobRequest, *, now: datetime) -> Job:
    """Add a job to the queue."""
    return enqueue_all(session, [request], now=now)[0]


def enqueue_all(session: Session, requests: Sequence[JobRequest], *, now: datetime) -> list[Job]:
    """Add jobs to the queue, in their order."""
    needed = {request.dataset for request in requests if request.pins_dataset}
    identities = ready_datasets.identities(session, needed) if needed else {}
    added = [
        # A microsecond apart: the queue's order is that of creation.
        _new_job(request, identities, created_at=now + timedelta(microseconds=position))
        for position, request in enumerate(requests)
    ]
    session.add_all(added)
    session.flush()
    events.add_created(session, added)
    for job in added:
        logger.info(
            "job %s is enqueued: %s on %s", job.id, job.architecture or job.kind, job.dataset
        )
    return added


def _new_job(
    request: JobRequest, identities: Mapping[str, DatasetIdentity], created_at: datetime
) -> Job:
    not_columns = {"pins_dataset", "identity"}
    fields = {name: value for name, value in vars(request).items() if name not in not_columns}
    request_id, traceparent = current()
    asked = {"request_id": request_id, "traceparent": traceparent}
    job = Job(id=new_id(), status=JobStatus.QUEUED, created_at=created_at, **asked, **fields)
    pinned = identities.get(request.dataset) if request.pins_dataset else request.identity
    if pinned:
        job.dataset_sha256, job.dataset_split = pinned
    return job


def get(session: Session, job_id: str) -> Job:
    """One job; `latest` is the newest training. Raises JobNotFoundError, DeletedError."""
    query = select(Job).where(Job.id == job_id)
    if job_id == LATEST:
        newest = select(Job).where(Job.kind == TRAIN, Job.deleted_at.is_(None))
        query = newest.order_by(Job.created_at.desc(), Job.id.desc()).limit(1)
    job = session.scalars(query).one_or_none()
    if job is None:
        raise JobNotFoundError(job_id)
    refuse_deleted(job)
    return job


def get_all(session: Session, job_ids: Sequence[str]) -> list[Job]:
    """The jobs with these ids, in their order; `latest` as in `get`. Raises what `get` raises."""
    query = select(Job).where(Job.id.in_(job_ids))
    found = {job.id: job for job in session.scalars(query)}
    if LATEST in job_ids:
        found[LATEST] = get(session, LATEST)
    for job_id in job_ids:
        if job_id not in found:
            raise JobNotFoundError(job_id)
        refuse_deleted(found[job_id])
    return [found[job_id] for job_id in job_ids]


def find(
    session: Session,
    filters: dict[str, Any],
    *,
    search: str | None = None,
    tag: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[Job]:
    """Jobs whose columns equal `filters`, that contain a text and have a tag, newest first."""
    query = select(Job).where(
        Job.deleted_at.is_(None),
        *(getattr(Job, name) == value for name, value in filters.items()),
        *labels.conditions(Job, Job.dataset, Job.architecture, search=search, tag=tag),
    )
    return page(session, query, Job, limit=limit, cursor=cursor)


def first_unfinished(session: Session, dataset: str, condition: ColumnElement[bool]) -> Job | None:
    """The oldest job on a dataset that waits or runs and meets the condition."""
    query = select(Job).where(Job.dataset == dataset, condition, Job.status.in_(UNFINISHED))
    return session.scalars(query.order_by(Job.created_at, Job.id).limit(1)).one_or_none()


def refuse_if_needed(session: Session, dataset: str) -> None:
    """JobStateError where a job needs the content that a dataset has now: it must stay as it is."""
    job = first_unfinished(session, dataset, Job.dataset_sha256.is_not(None))
    if job:
        raise JobStateError(
            f"job '{job.id}' needs dataset '{dataset}' as it is; wait for it or cancel it"
        )


def newest_by_dataset(session: Session, kind: str, names: Collection[str]) -> dict[str, Job]:
    """Dataset → the newest job of a kind on it, for those that had one."""
    query = select(Job).where(Job.kind == kind, Job.dataset.in_(names), Job.deleted_at.is_(None))
    return {job.dataset: job for job in session.scalars(query.order_by(Job.created_at, Job.id))}


def last_succeeded_by_model(
    session: Session, kind: str, model_ids: Collection[str]
) -> dict[str, Job]:
    """Model id → the job of a kind about it that succeeded last, for those that had one."""
    query = select(Job).where(
        Job.model_id.in_(model_ids),
        Job.kind == kind,
        Job.status == JobStatus.SUCCEEDED,
        Job.deleted_at.is_(None),
    )
    return {str(job.model_id): job for job in session.scalars(query.order_by(Job.finished_at))}


def cancel(session: Session, job_id: str, *, now: datetime) -> Job:
    """Cancel a job: at once where it waits; where it runs its worker will. JobStateError if ended."""
    job_id = get(session, job_id).id
    waiting = Job.status == JobStatus.QUEUED
    changed = session.scalars(
        update(Job)
        .where(Job.id == job_id, Job.status.in_(UNFINISHED))
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
        _add_status(session, changed, at=now)
    return changed


def retry(session: Session, job_id: str, *, now: datetime) -> Job:
    """Queue a failed or cancelled job again; it resumes from its last checkpoint. JobStateError."""
    job_id = get(session, job_id).id
    changed = session.scalars(
        update(Job)
        .where(
            Job.id == job_id,
            Job.status.in_([JobStatus.FAILED, JobStatus.CANCELLED]),
            Job.deleted_at.is_(None),
        )
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
    _add_status(session, changed, at=now)
    return changed


def _add_status(session: Session, job: Job, *, at: datetime) -> None:
    events.add_status(session, job.id, job.token, job.status, at=at)
