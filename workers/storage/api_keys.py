"""API keys: who may do what. Of a key only its SHA-256 is kept."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.errors import BakeoffError
from workers.storage.ids import new_id
from workers.storage.tables import ApiKey

PREFIX = "bakeoff"  # so that secret scanners and people know one when they see it
SECRET_BYTES = 32  # a plain digest is safe at rest: nobody guesses 256 bits


class Scope(StrEnum):
    """What a key allows."""

    READ = "read"  # everything that changes nothing
    PREDICT = "predict"
    TRAIN = "train"  # everything that changes something, but for keys
    ADMIN = "admin"  # keys, and all of the above


class NewApiKey(NamedTuple):
    """A new key, and the only time it is seen whole."""

    row: ApiKey
    key: str


class ApiKeyNotFoundError(BakeoffError):
    """There is no such key."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, key_id: str) -> None:
        super().__init__(f"there is no API key with the id '{key_id}'")


def create(
    session: Session,
    name: str,
    scopes: Collection[Scope],
    *,
    requests_per_minute: int | None,
    now: datetime,
) -> NewApiKey:
    """Make a key; its holder must keep it, nobody can show it again."""
    key_id = new_id()
    key = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"
    row = ApiKey(
        id=key_id,
        name=name,
        digest=digest_of(key),
        scopes=sorted(set(scopes)),
        requests_per_minute=requests_per_minute,
        created_at=now,
        revoked_at=None,
    )
    session.add(row)
    return NewApiKey(row, key)


def revoke(session: Session, key_id: str, *, now: datetime) -> ApiKey:
    """Let a key open nothing any more; ApiKeyNotFoundError. Twice is as good as once."""
    row = session.get(ApiKey, key_id)
    if row is None:
        raise ApiKeyNotFoundError(key_id)
    row.revoked_at = row.revoked_at or now
    return row


def list_all(session: Session) -> list[ApiKey]:
    """Every key there has been, newest first."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)))


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def id_of(key: str) -> str:
    """The id that a key carries, or whatever stands in its place where the text is no key."""
    return key.removeprefix(f"{PREFIX}_").partition("_")[0]
