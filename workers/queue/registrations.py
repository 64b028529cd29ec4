"""The workers that are registered."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workers.storage.tables import Registration


def register(session: Session, registration: Registration) -> None:
    """Say that a worker is there, for the first time or again."""
    session.merge(registration)


def remove(session: Session, worker_id: str) -> None:
    """Say that a worker has stopped."""
    session.execute(delete(Registration).where(Registration.id == worker_id))


def list_present(session: Session, *, since: datetime) -> list[Registration]:
    """The workers that have been heard of since then."""
    query = select(Registration).where(Registration.beat_at >= since)
    return list(session.scalars(query.order_by(Registration.started_at)))
