"""What happened to a job, in order: kept, so that a stream can be resumed and a history checked."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workers.storage.database import Base, UtcDateTime


class Event(Base):
    """One thing that happened: a change of status, an epoch accepted, a checkpoint found damaged."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str]  # "status", "epoch" or "fallback" (to an earlier checkpoint)
    token: Mapped[int]  # of the lease it happened under
    data: Mapped[dict[str, Any]]


def add(
    session: Session, *, job_id: str, at: datetime, kind: str, token: int, data: dict[str, Any]
) -> None:
    """Note an event, in the transaction of the change it tells of."""
    session.add(Event(job_id=job_id, at=at, kind=kind, token=token, data=data))


def after(session: Session, job_id: str, last_id: int, *, limit: int = 1000) -> list[Event]:
    """The events of a job that came after event `last_id`, oldest first."""
    query = select(Event).where(Event.job_id == job_id, Event.id > last_id)
    return list(session.scalars(query.order_by(Event.id).limit(limit)))
