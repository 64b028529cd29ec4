"""How a worker gets jobs: it claims those that wait, and takes over those that were abandoned.

A running job is abandoned when its worker is known to be dead, or has let the lease expire.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select, text, update
from sqlalchemy.orm import Session, aliased

from workers.queue import events
from workers.queue.leases import Lease
from workers.storage.tables import UNFINISHED, Job, JobStatus

QUEUED = text("jobs.status = 'queued'")  # literally, so that the partial indexes are used
RUNNING = text("jobs.status = 'running'")
#: The condition of a lane: the jobs that run beside trainings, or all others.
LANE = {True: text("jobs.beside"), False: text("NOT jobs.beside")}


def claim(
    session: Session,
    *,
    worker: str,
    now: datetime,
    duration: timedelta,
    dead_workers: Collection[str] = (),
    background: bool = False,
) -> Job | None:
    """Take the next job, if there is one, for `duration`. No two workers take the same.

    `background` asks for the jobs that run beside trainings, and else they are left out.
    """
    job = session.scalars(
        update(Job)
        .where(Job.id == _next(now, dead_workers, background=background))
        .values(
            status=JobStatus.RUNNING,
            token=Job.token + 1,
            attempts=Job.attempts + 1,
            worker=worker,
            lease_expires_at=now + duration,
            started_at=func.coalesce(Job.started_at, now),
            progress=None,
        )
        .returning(Job)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if job:
        details = {"attempt": job.attempts, "worker": worker}
        events.add_status(session, job.id, job.token, job.status, at=now, **details)
    return job


def holders(session: Session) -> dict[Lease, str]:
    """Every lease there is, and the id of the worker that holds it."""
    rows = session.execute(select(Job.id, Job.token, Job.worker).where(RUNNING))
    return {Lease(row.id, row.token): str(row.worker) for row in rows}


def is_any_waiting(session: Session, *, background: bool) -> bool:
    """Whether a job of the queue can start, of those beside trainings or of the others."""
    waiting = select(Job.id).where(QUEUED, LANE[background], _can_start())
    return session.scalar(waiting.limit(1)) is not None


def is_any_abandoned(
    session: Session, *, now: datetime, dead_workers: Collection[str] = ()
) -> bool:
    """Whether there is an abandoned job; reads only, so that it locks nobody out."""
    query = select(Job.id).where(*_abandoned_conditions(now, dead_workers))
    return session.scalar(query.limit(1)) is not None


def end_abandoned(
    session: Session, *, now: datetime, dead_workers: Collection[str] = ()
) -> list[str]:
    """End the abandoned jobs that are not to be tried again; returns their ids.

    Those that somebody wanted cancelled are cancelled, and those without an attempt left fail.
    """
    abandoned = _abandoned_conditions(now, dead_workers)
    cancelled = _end_all(
        session, [*abandoned, Job.cancel_requested], JobStatus.CANCELLED, None, now
    )
    spent = [*abandoned, Job.attempts >= Job.max_attempts]
    why = "its worker died each time it was tried"
    return cancelled + _end_all(session, spent, JobStatus.FAILED, why, now)


def _next(now: datetime, dead_workers: Collection[str], *, background: bool) -> ColumnElement[str]:
    """The id of an abandoned job, else of the first of the queue.

    An abandoned job has waited its turn already.
    """
    abandoned = select(Job.id).where(
        *_abandoned_conditions(now, dead_workers),
        Job.attempts < Job.max_attempts,
        ~Job.cancel_requested,
        LANE[background],
    )
    waiting = select(Job.id).where(QUEUED, LANE[background], _can_start())
    waiting = waiting.order_by(Job.priority.desc(), Job.created_at, Job.id)
    return func.coalesce(_first(abandoned), _first(waiting))


def _can_start() -> ColumnElement[bool]:
    """The condition that a job waits for no other, or that the other has ended or is not there."""
    awaited = aliased(Job)
    unfinished = select(awaited.id).where(
        awaited.id == Job.depends_on, awaited.status.in_(UNFINISHED)
    )
    return Job.depends_on.is_(None) | ~unfinished.correlate(Job).exists()


def _abandoned_conditions(now: datetime, dead_workers: Collection[str]) -> list[Any]:
    """The conditions that a job runs, and that its worker is dead or has let its lease expire."""
    expired = Job.lease_expires_at < now
    return [RUNNING, expired | Job.worker.in_(sorted(dead_workers)) if dead_workers else expired]


def _first(candidates: Select[Any]) -> ScalarSelect[Any]:
    """The first candidate that no other worker is just taking."""
    return candidates.limit(1).with_for_update(skip_locked=True).scalar_subquery()


def _end_all(
    session: Session, conditions: list[Any], status: JobStatus, error: str | None, now: datetime
) -> list[str]:
    ended = session.execute(
        update(Job)
        .where(*conditions)
        .values(status=status, error=error, finished_at=now)
        .returning(Job.id, Job.token)
        .execution_options(synchronize_session=False)
    ).all()
    for job_id, token in ended:
        events.add_status(session, job_id, token, status, at=now, error=error)
    return [job_id for job_id, _ in ended]
