"""What a worker does with a job. Every write names the token of its claim: whoever lost it writes nothing."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, func, select, text, update
from sqlalchemy.orm import Session

from workers.queue import events
from workers.queue.jobs import Job, JobStatus
from workers.storage import metrics

QUEUED = text("jobs.status = 'queued'")  # literally, so that the partial indexes are used
RUNNING = text("jobs.status = 'running'")


class Lease(NamedTuple):
    """The right to write about a job: its id and the token it was claimed with."""

    job_id: str
    token: int


class LeaseLostError(Exception):
    """Another worker has the job now, or it has ended; what was to be written is not."""


def claim(
    session: Session,
    *,
    worker: str,
    now: datetime,
    duration: timedelta,
    dead: Collection[str] = (),
) -> Job | None:
    """Take a job whose worker is `dead` or silent, else the first of the queue. No two workers take the same.

    A job that was under way comes first: it has waited its turn already.
    """
    untended = select(Job.id).where(
        *_abandoned(now, dead), Job.attempts < Job.max_attempts, ~Job.cancel_requested
    )
    waiting = select(Job.id).where(QUEUED).order_by(Job.priority.desc(), Job.created_at, Job.id)
    job = session.scalars(
        update(Job)
        .where(Job.id == func.coalesce(_first(untended), _first(waiting)))
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
        data = {"status": "running", "attempt": job.attempts, "worker": worker}
        events.add(session, job_id=job.id, at=now, kind="status", token=job.token, data=data)
    return job


def holders(session: Session) -> dict[Lease, str]:
    """Every lease there is, and the worker that holds it."""
    rows = session.execute(select(Job.id, Job.token, Job.worker).where(RUNNING))
    return {Lease(row.id, row.token): str(row.worker) for row in rows}


def is_any_abandoned(session: Session, *, now: datetime, dead: Collection[str] = ()) -> bool:
    """Whether there is a job whose worker is dead or silent; reads only, so that it locks nobody out."""
    return session.scalar(select(Job.id).where(*_abandoned(now, dead)).limit(1)) is not None


def is_any_waiting(session: Session) -> bool:
    """Whether there is a job in the queue."""
    return session.scalar(select(Job.id).where(QUEUED).limit(1)) is not None


def fail_abandoned(session: Session, *, now: datetime, dead: Collection[str] = ()) -> list[str]:
    """End jobs whose worker died and that are not to be tried again; returns their ids."""
    abandoned = _abandoned(now, dead)
    cancelled = _end_all(
        session, [*abandoned, Job.cancel_requested], JobStatus.CANCELLED, None, now
    )
    spent = [*abandoned, Job.attempts >= Job.max_attempts]
    why = "its worker died each time it was tried"
    return cancelled + _end_all(session, spent, JobStatus.FAILED, why, now)


def renew(session: Session, lease: Lease, *, now: datetime, duration: timedelta) -> None:
    """Renew a lease; LeaseLostError where it is not ours any more."""
    _write(session, lease, lease_expires_at=now + duration)


def cancel_requested(session: Session, job_ids: list[str]) -> set[str]:
    """Which of these jobs somebody wants stopped."""
    return set(session.scalars(select(Job.id).where(Job.id.in_(job_ids), Job.cancel_requested)))


def record_progress(session: Session, lease: Lease, progress: dict[str, Any]) -> None:
    """Say where the job is."""
    _write(session, lease, progress=progress)


def record_epoch(
    session: Session,
    lease: Lease,
    *,
    epoch: int,
    values: Mapping[str, float],
    checkpoint: str,
    now: datetime,
) -> None:
    """Accept an epoch, once and in order, with its metrics and its checkpoint, all or nothing."""
    _write(session, lease, Job.epoch == epoch - 1, epoch=epoch, checkpoint=checkpoint)
    kept = metrics.storable(values)
    metrics.record(session, lease.job_id, epoch, kept, token=lease.token)
    data = {"epoch": epoch, **{name: v for name, v in kept.items() if "/" not in name}}
    events.add(session, job_id=lease.job_id, at=now, kind="epoch", token=lease.token, data=data)


def note_fallback(
    session: Session, lease: Lease, *, epoch: int, reason: str, now: datetime
) -> None:
    """Say that the last checkpoint is damaged and that training goes on after `epoch` instead."""
    _write(session, lease)
    data = {"epoch": epoch, "reason": reason}
    events.add(session, job_id=lease.job_id, at=now, kind="fallback", token=lease.token, data=data)


def succeed(session: Session, lease: Lease, *, result: dict[str, Any], now: datetime) -> None:
    """End a job well."""
    _end(session, lease, JobStatus.SUCCEEDED, now=now, result=result, progress=None)


def fail(session: Session, lease: Lease, *, error: str, now: datetime) -> None:
    """End a job that cannot be done; `error` is one sentence."""
    _end(session, lease, JobStatus.FAILED, now=now, error=error)


def confirm_cancelled(session: Session, lease: Lease, *, now: datetime) -> None:
    """End a job that was stopped because somebody asked for it."""
    _end(session, lease, JobStatus.CANCELLED, now=now)


def release(session: Session, lease: Lease, *, now: datetime, counts: bool) -> None:
    """Give a job back to the queue, or end it where somebody has asked for that meanwhile.

    `counts` says whether this was one of its attempts.
    """
    status = _write(
        session,
        lease,
        status=case((Job.cancel_requested, JobStatus.CANCELLED), else_=JobStatus.QUEUED),
        finished_at=case((Job.cancel_requested, now), else_=None),
        attempts=Job.attempts if counts else Job.attempts - 1,
        lease_expires_at=None,
        progress=None,
    )
    data = {"status": str(status)}
    events.add(session, job_id=lease.job_id, at=now, kind="status", token=lease.token, data=data)


def _first(candidates: Select[Any]) -> ScalarSelect[Any]:
    """The first of them that no other worker is just taking."""
    return candidates.limit(1).with_for_update(skip_locked=True).scalar_subquery()


def _abandoned(now: datetime, dead: Collection[str]) -> list[Any]:
    silent = Job.lease_expires_at < now
    return [RUNNING, silent | Job.worker.in_(sorted(dead)) if dead else silent]


def _write(
    session: Session, lease: Lease, *conditions: ColumnElement[bool], **values: Any
) -> JobStatus:
    held = (Job.id == lease.job_id, Job.token == lease.token, Job.status == JobStatus.RUNNING)
    status = session.scalars(
        update(Job)
        .where(*held, *conditions)
        .values(values or {"token": Job.token})
        .returning(Job.status)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if status is None:
        raise LeaseLostError(f"job {lease.job_id} is not held with token {lease.token}")
    return status


def _end(
    session: Session, lease: Lease, status: JobStatus, *, now: datetime, **values: Any
) -> None:
    _write(session, lease, status=status, finished_at=now, **values)
    data = {"status": str(status), "error": values.get("error")}
    events.add(session, job_id=lease.job_id, at=now, kind="status", token=lease.token, data=data)


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
        data = {"status": str(status), "error": error}
        events.add(session, job_id=job_id, at=now, kind="status", token=token, data=data)
    return [job_id for job_id, _ in ended]
