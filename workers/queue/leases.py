"""What a worker writes about a job that it holds.

Every write names the token of the claim: a worker that has lost its lease writes nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from workers.queue import events
from workers.storage import metrics
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import Job, JobStatus


class Lease(NamedTuple):
    """The right to write about a job: its id and the token it was claimed with."""

    job_id: str
    token: int


class LeaseLostError(Exception):
    """Another worker has the job now, or it has ended; what was to be written is not."""


def renew(session: Session, lease: Lease, *, now: datetime, duration: timedelta) -> None:
    """Renew a lease; LeaseLostError where it is not ours any more."""
    _update_if_held(session, lease, lease_expires_at=now + duration)


def cancel_requested(session: Session, job_ids: list[str]) -> set[str]:
    """Which of these jobs somebody wants cancelled."""
    return set(session.scalars(select(Job.id).where(Job.id.in_(job_ids), Job.cancel_requested)))


def record_progress(session: Session, lease: Lease, progress: dict[str, Any]) -> None:
    """Record the progress of the job."""
    _update_if_held(session, lease, progress=progress)


def record_dataset(session: Session, lease: Lease, identity: DatasetIdentity) -> None:
    """Bind the job to the content and the split that it uses from now on."""
    _update_if_held(session, lease, dataset_sha256=identity.sha256, dataset_split=identity.split)


def record_pretrained(session: Session, lease: Lease, pretrained: dict[str, Any]) -> None:
    """Bind the job to the pretrained weights that it starts from."""
    _update_if_held(session, lease, pretrained=pretrained)


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
    _update_if_held(session, lease, Job.epoch == epoch - 1, epoch=epoch, checkpoint=checkpoint)
    numbers = metrics.replace_non_finite(values)
    metrics.record(session, lease.job_id, epoch, numbers, token=lease.token)
    data = {"epoch": epoch, **{name: v for name, v in numbers.items() if "/" not in name}}
    events.add(session, *lease, "epoch", data, at=now)


def record_fallback(
    session: Session, lease: Lease, *, epoch: int, reason: str, now: datetime
) -> None:
    """Say that the last checkpoint is damaged and that training resumes after `epoch` instead."""
    _update_if_held(session, lease)
    data = {"epoch": epoch, "reason": reason}
    events.add(session, *lease, "fallback", data, at=now)


def succeed(session: Session, lease: Lease, *, result: dict[str, Any], now: datetime) -> None:
    """End a job as succeeded."""
    _end(session, lease, JobStatus.SUCCEEDED, now=now, result=result, progress=None)


def fail(session: Session, lease: Lease, *, error: str, now: datetime) -> None:
    """End a job that cannot be done; `error` is one sentence."""
    _end(session, lease, JobStatus.FAILED, now=now, error=error)


def confirm_cancelled(session: Session, lease: Lease, *, now: datetime) -> None:
    """End a job that was stopped because somebody asked for it."""
    _end(session, lease, JobStatus.CANCELLED, now=now)


def release(session: Session, lease: Lease, *, now: datetime, counts: bool) -> None:
    """Give a job back to the queue, or end it where somebody has cancelled it meanwhile.

    `counts` says whether this was one of its attempts.
    """
    status = _update_if_held(
        session,
        lease,
        status=case((Job.cancel_requested, JobStatus.CANCELLED), else_=JobStatus.QUEUED),
        finished_at=case((Job.cancel_requested, now), else_=None),
        attempts=Job.attempts if counts else Job.attempts - 1,
        lease_expires_at=None,
        progress=None,
    )
    events.add_status(session, *lease, status, at=now)


def _end(
    session: Session, lease: Lease, status: JobStatus, *, now: datetime, **values: Any
) -> None:
    _update_if_held(session, lease, status=status, finished_at=now, **values)
    events.add_status(session, *lease, status, at=now, error=values.get("error"))


def _update_if_held(
    session: Session, lease: Lease, *conditions: ColumnElement[bool], **values: Any
) -> JobStatus:
    """Write about a job under its lease and return its status; LeaseLostError writes nothing."""
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
