"""Aliases, the names that stand for models, and their versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self, TypeVar

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, model_validator
from sqlalchemy.orm import Session

from service.dependencies import ReadSession, WriteSession
from service.errors import refusals
from service.requests.fields import Form, Name, check_engine
from service.routes._document import Document
from workers.engines import refuse_quantised
from workers.storage import trained_models
from workers.storage.database import utc_now
from workers.storage.deletions import lock_records
from workers.storage.tables import Alias, AliasVersion
from workers.storage.trained_models import ModelNotFoundError

router = APIRouter(prefix="/v1", tags=["models"])

AnyAlias = TypeVar("AnyAlias", bound=Document)

AliasName = Annotated[
    str,
    Path(
        pattern=r"^[a-z][a-z0-9_-]{0,63}$",
        description="lower-case letters, digits, - and _; not `latest`",
        examples=["champion"],
    ),
]


FOLD = Field(description="that tested the model, from 1 to `folds`; null: the test split")


class AliasTarget(Form):
    """What an alias is to stand for: a model, or what it stood for in an earlier version."""

    model_id: Name | None = Field(None, examples=["latest"])
    engine: Name | None = Field(None, description="that serves it; see `GET /v1/engines`")
    version: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="to go back to"
    )

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.model_id is None) == (self.version is None):
            raise ValueError("give either 'model_id' or 'version'")
        if self.version is not None and self.engine is not None:
            raise ValueError("a version has its own engine; give 'engine' with 'model_id'")
        return self


class AliasDocument(Document):
    """A name and the model it stands for."""

    alias: str
    model_id: str
    fold: int | None = FOLD
    folds: int | None
    engine: str | None
    updated_at: datetime


class AliasVersionDocument(Document):
    """What an alias stood for from then on."""

    version: int
    model_id: str
    fold: int | None = FOLD
    folds: int | None
    engine: str | None
    created_at: datetime


class AliasVersionList(BaseModel):
    """Every version of an alias, newest first; there is no second page."""

    items: list[AliasVersionDocument]
    next: None = None


class AliasList(BaseModel):
    """Every alias; there is no second page."""

    items: list[AliasDocument]
    next: None = None


@router.get("/aliases", summary="List aliases")
def list_aliases(session: ReadSession) -> AliasList:
    """Every alias and the model it stands for."""
    return AliasList(items=_documents(session, trained_models.aliases(session), AliasDocument))


@router.put("/aliases/{alias}", summary="Set an alias", responses=refusals(404, 409, 410, 422))
def set_alias(alias: AliasName, body: AliasTarget, session: WriteSession) -> AliasDocument:
    """Let a name stand for a model from now on, or for what it stood for in an earlier version.

    An alias is accepted wherever the id of a model is. Requests that are being answered are finished
    by the model they began with.
    """
    lock_records(session)
    now = utc_now()
    if body.version is not None:
        row = trained_models.restore_alias(session, alias, body.version, now=now)
    else:
        engine = body.engine and check_engine(body.engine)
        if engine:
            refuse_quantised(trained_models.get(session, str(body.model_id)), [engine])
        row = trained_models.set_alias(session, alias, str(body.model_id), engine=engine, now=now)
    return _documents(session, [row], AliasDocument)[0]


@router.get("/aliases/{alias}/versions", summary="List versions", responses=refusals(404, 422))
def list_alias_versions(alias: AliasName, session: ReadSession) -> AliasVersionList:
    """What an alias has stood for, newest first; `PUT` with a `version` goes back to it."""
    versions = trained_models.alias_versions(session, alias)
    if not versions:
        raise ModelNotFoundError(f"there is no alias '{alias}'")
    return AliasVersionList(items=_documents(session, versions, AliasVersionDocument))


def _documents(
    session: Session, rows: Sequence[Alias | AliasVersion], form: type[AnyAlias]
) -> list[AnyAlias]:
    models = trained_models.with_ids(session, {row.model_id for row in rows})
    return [
        form.from_attributes(row, fold=models[row.model_id].fold, folds=models[row.model_id].folds)
        for row in rows
    ]
