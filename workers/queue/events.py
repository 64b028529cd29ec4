"""What happened to a job, in order: kept, so that a stream can be resumed and a history checked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from workers.storage.tables import ComparisonJob, Event, Job, JobStatus


@dataclass(frozen=True)
class EventFilter:
    """Which events are wanted: those that fit every field; an empty field fits all."""

    job_ids: frozenset[str] = frozenset()
    comparison_id: str | None = None
    kinds: frozenset[str] = frozenset()

    def fits(self, job_id: str, comparison_ids: Collection[str], kind: str) -> bool:
        """Whether an event of this kind is wanted, of a job that these comparisons contain."""
        return (
            (not self.job_ids or job_id in self.job_ids)
            and (self.comparison_id is None or self.comparison_id in comparison_ids)
            and (not self.kinds or kind in self.kinds)
        )

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as conditions of SQL."""
        found: list[ColumnElement[bool]] = []
        if self.job_ids:
            found.append(Event.job_id.in_(self.job_ids))
        if self.comparison_id is not None:
            own = select(Job.id).where(Job.comparison_id == self.comparison_id)
            existing = select(ComparisonJob.job_id).where(
                ComparisonJob.comparison_id == self.comparison_id
            )
            found.append(Event.job_id.in_(own.union(existing)))
        if self.kinds:
            found.append(Event.kind.in_(self.kinds))
        return found


ALL = EventFilter()


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


def newest_id(session: Session, job_id: str | None = None) -> int:
    """The id of the newest event, of one job or of all; 0 where there is none."""
    query = select(func.max(Event.id))
    return session.scalar(query.where(Event.job_id == job_id) if job_id else query) or 0


def list_between(
    session: Session, after: int, up_to: int | None, wanted: EventFilter = ALL, *, limit: int
) -> list[Event]:
    """The events after id `after`, up to id `up_to` where it is given, oldest first."""
    query = select(Event).where(Event.id > after, *wanted.conditions())
    if up_to is not None:
        query = query.where(Event.id <= up_to)
    return list(session.scalars(query.order_by(Event.id).limit(limit)))


def list_after(session: Session, job_id: str, last_id: int, *, limit: int = 1000) -> list[Event]:
    """The events of a job that came after event `last_id`, oldest first."""
    return list_between(session, last_id, None, EventFilter(frozenset([job_id])), limit=limit)
