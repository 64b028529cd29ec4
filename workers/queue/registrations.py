"""Which workers are there."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workers.storage.database import Base, UtcDateTime


class Registration(Base):
    """A worker that has said it is there."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    device: Mapped[str]
    slots: Mapped[int]  # jobs it runs at once
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)


def register(session: Session, registration: Registration) -> None:
    """Say that a worker is there, for the first time or again."""
    session.merge(registration)


def leave(session: Session, worker_id: str) -> None:
    """Say that a worker has stopped."""
    session.execute(delete(Registration).where(Registration.id == worker_id))


def present(session: Session, *, since: datetime) -> list[Registration]:
    """The workers that have been heard of since then."""
    query = select(Registration).where(Registration.beat_at >= since)
    return list(session.scalars(query.order_by(Registration.started_at)))
