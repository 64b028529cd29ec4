"""API keys: who may do what. Only the SHA-256 of a key is stored."""

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

PREFIX = "bakeoff"  # so that people and secret scanners recognise a key
SECRET_BYTES = 32  # a plain digest is safe at rest: nobody guesses 256 bits


class Scope(StrEnum):
    """What a key allows its holder to do."""

    READ = "read"  # everything that changes nothing
    PREDICT = "predict"
    TRAIN = "train"  # everything that changes something, but for keys
    ADMIN = "admin"  # keys, and all of the above


class NewApiKey(NamedTuple):
    """The row of a new key, and the key itself, which is stored nowhere."""

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
    """Make a key; its holder must keep it, because nobody can show it again."""
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


def get(session: Session, key_id: str) -> ApiKey:
    """One key; ApiKeyNotFoundError."""
    row = session.get(ApiKey, key_id)
    if row is None:
        raise ApiKeyNotFoundError(key_id)
    return row


def revoke(session: Session, key_id: str, *, now: datetime) -> ApiKey:
    """Revoke a key; ApiKeyNotFoundError. Revoking it again changes nothing."""
    row = get(session, key_id)
    row.revoked_at = row.revoked_at or now
    return row


def list_all(session: Session) -> list[ApiKey]:
    """Every key there has been, newest first."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)))


def digest_of(key: str) -> str:
    """The digest that is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def id_of(key: str) -> str:
    """The id in the text of a key; of a text that is no key, whatever stands in its place."""
    return key.removeprefix(f"{PREFIX}_").partition("_")[0]
