"""Idempotency keys: the same request twice has the effect of one (IETF draft, version 07)."""

from datetime import datetime
from http import HTTPStatus

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workers.errors import BakeoffError
from workers.storage.tables import IdempotencyKey


class IdempotencyConflictError(BakeoffError):
    """A key was used before for another request."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"the Idempotency-Key '{key[:80]}' was used for another request; use a new one"
        )


class IdempotencyInProgressError(BakeoffError):
    """The first request with this key has not ended yet."""

    status = HTTPStatus.CONFLICT

    def __init__(self, key: str) -> None:
        super().__init__(
            f"a request with the Idempotency-Key '{key[:80]}' is under way; repeat it in a moment"
        )


def recall(session: Session, key: str, fingerprint: str) -> str | None:
    """The id of what the same request made before; None where it is new. IdempotencyConflictError."""
    row = session.get(IdempotencyKey, key)
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise IdempotencyConflictError(key)
    return row.resource_id


def remember(
    session: Session, key: str, fingerprint: str, resource_id: str, *, now: datetime
) -> None:
    """Note what a request made, in the transaction that made it.

    Raises IdempotencyInProgressError where another transaction has just noted the same key.
    """
    session.add(
        IdempotencyKey(key=key, fingerprint=fingerprint, resource_id=resource_id, created_at=now)
    )
    try:
        session.flush()
    except IntegrityError:
        raise IdempotencyInProgressError(key) from None
