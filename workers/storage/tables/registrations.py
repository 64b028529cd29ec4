"""The workers that are there."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from workers.storage.tables.base import Base, UtcDateTime


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
