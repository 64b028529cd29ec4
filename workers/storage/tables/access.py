"""What clients of the HTTP API send with a request: API keys and idempotency keys."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from workers.storage.tables.base import Base, UtcDateTime


class ApiKey(Base):
    """A key that was made; a revoked one stays listed."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    digest: Mapped[str]  # SHA-256 of the whole key, as hexadecimal digits
    scopes: Mapped[list[Any]]
    requests_per_minute: Mapped[int | None]  # None: as many as it likes
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyKey(Base):
    """A key a client sent, what it sent with it, and what came of it."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]  # of path and body
    resource_id: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
