"""API keys: made, listed and revoked over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from service.dependencies import Id, ReadSession, WriteSession
from service.errors import refusals
from service.requests.fields import Form, Name
from service.routes._document import Document
from service.security.key_cache import Holder, KeyCache, KeysUnusedError
from workers.storage import api_keys
from workers.storage.api_keys import Scope
from workers.storage.database import utc_now

router = APIRouter(prefix="/v1/keys", tags=["keys"])


class KeyRequest(Form):
    """A key to make."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "phone app", "scopes": ["predict"]}}
    )

    name: Annotated[Name, Field(min_length=1, description="whose it is, for people")]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    requests_per_minute: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None,
        Field(description="more are answered with 429; null: no limit"),
    ] = None


class KeyDocument(Document):
    """A key without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    requests_per_minute: int | None
    created_at: datetime
    revoked_at: datetime | None


class NewKeyDocument(KeyDocument):
    """A new key."""

    key: str = Field(description="to be kept by its holder: it is not shown again")


class KeyList(BaseModel):
    """Every key, newest first; there is no second page."""

    items: list[KeyDocument]
    next: None = None


class OwnKeyDocument(BaseModel):
    """What the key that asks allows."""

    required: bool = Field(description="whether a request needs a key here")
    key: KeyDocument | None = Field(description="null: none is asked for")
    may: list[Scope] = Field(
        description="the scopes that it has, those that `admin` contains included; without keys all but that"
    )


@router.post("", status_code=201, summary="Make a key", responses=refusals(409, 422))
def create_key(body: KeyRequest, session: WriteSession, request: Request) -> NewKeyDocument:
    """Make a key with scopes of its own; only this answer shows it."""
    _require_keys_in_use(request)
    made = api_keys.create(
        session,
        body.name,
        body.scopes,
        requests_per_minute=body.requests_per_minute,
        now=utc_now(),
    )
    return NewKeyDocument.from_attributes(made.row, key=made.key)


@router.get("", summary="List keys")
def list_keys(session: ReadSession) -> KeyList:
    """Every key there has been, newest first, without their secrets."""
    return KeyList(items=[KeyDocument.from_attributes(row) for row in api_keys.list_all(session)])


@router.get("/self", summary="Show the key that asks")
def show_own_key(request: Request, session: ReadSession) -> OwnKeyDocument:
    """Name, scopes and rate limit of the key with which this is asked; any key may ask.

    Where no keys are used it says so.
    """
    holder: Holder | None = getattr(request.state, "holder", None)
    if holder is None:  # no request gets here without a key where one is required
        return OwnKeyDocument(
            required=False, key=None, may=[Scope.READ, Scope.PREDICT, Scope.TRAIN]
        )
    return OwnKeyDocument(
        required=True,
        key=KeyDocument.from_attributes(api_keys.get(session, holder.id)),
        may=[scope for scope in Scope if holder.may(scope)],
    )


@router.delete("/{key_id}", status_code=204, summary="Revoke a key", responses=refusals(404, 409))
def revoke_key(key_id: Id, session: WriteSession, request: Request) -> None:
    """Make a key invalid, within a second."""
    _require_keys_in_use(request)
    api_keys.revoke(session, key_id, now=utc_now())


def _require_keys_in_use(request: Request) -> None:
    """KeysUnusedError where anybody could make or revoke a key, because none is asked for."""
    keys: KeyCache = request.app.state.key_cache
    if not keys.is_required:
        raise KeysUnusedError
