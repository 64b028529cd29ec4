"""What happened to a job, in order: kept, so that a stream can be resumed and a history checked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workers.storage.tables import Event, Job, JobStatus


def add(
    session: Session, job_id: str, token: int, kind: str, data: dict[str, Any], *, at: datetime
) -> None:
    """Note an event under the token of a job, in the transaction of the change it tells of."""
    session.add(Event(job_id=job_id, token=token, kind=kind, data=data, at=at))


def add_status(
    session: Session, job_id: str, token: int, status: JobStatus, *, at: datetime, **details: Any
) -> None:
    """Note that the status of a job has changed, and what else is to be said of it."""
    add(session, job_id, token, "status", {"status": str(status), **details}, at=at)


def add_created(session: Session, jobs: Sequence[Job]) -> None:
    """Note that jobs were created, with the status they have: one statement for all of them."""
    rows = [
        {
            "job_id": job.id,
            "token": job.token,
            "kind": "status",
            "data": {"status": str(job.status)},
            "at": job.created_at,
        }
        for job in jobs
    ]
    session.execute(insert(Event), rows)


def list_after(session: Session, job_id: str, last_id: int, *, limit: int = 1000) -> list[Event]:
    """The events of a job that came after event `last_id`, oldest first."""
    query = select(Event).where(Event.job_id == job_id, Event.id > last_id)
    return list(session.scalars(query.order_by(Event.id).limit(limit)))
