"""Trained networks, and the names that stand for them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service.dependencies import Artifacts, Cursor, Id, Limit, ReadSession, WriteSession
from service.errors import refusals
from service.forms import Form, Name
from service.routes.datasets import Shape
from workers import model_store
from workers.database import utc_now
from workers.model_store import Model

router = APIRouter(prefix="/v1", tags=["models"])

AliasName = Annotated[
    str,
    Path(
        pattern=r"^[a-z][a-z0-9_-]{0,63}$",
        description="lower-case letters, digits, - and _; not `latest`",
        examples=["champion"],
    ),
]


class ModelDocument(BaseModel):
    """A trained network ready to serve."""

    id: str
    job_id: str
    created_at: datetime
    architecture: str
    options: dict[str, Any]
    dataset: str
    dataset_sha256: str
    seed: int
    recipe_hash: str
    classes: list[str]
    image_shape: Shape
    num_parameters: int
    validation_accuracy: float
    test_accuracy: float
    weights_bytes: int
    weights_sha256: str
    aliases: list[str]


class ModelList(BaseModel):
    """A page of models, newest first."""

    items: list[ModelDocument]
    next: str | None


class AliasTarget(Form):
    """What an alias shall stand for."""

    model_id: Name = Field(examples=["latest"])


class AliasDocument(BaseModel):
    """A name and the model it stands for."""

    alias: str
    model_id: str
    updated_at: datetime


class AliasList(BaseModel):
    """Every alias; there is no second page."""

    items: list[AliasDocument]
    next: None = None


@router.get("/models", summary="List models", responses=refusals(422))
def list_models(
    session: ReadSession,
    dataset: Annotated[Name | None, Query()] = None,
    architecture: Annotated[Name | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ModelList:
    """Trained models, newest first, page by page."""
    filters = {"dataset": dataset, "architecture": architecture}
    given = {name: value for name, value in filters.items() if value is not None}
    found = model_store.find(session, given, limit=limit, cursor=cursor)
    return ModelList(items=[_document(session, one) for one in found.items], next=found.next)


@router.get("/models/{model_id}", summary="Show a model", responses=refusals(404))
def show_model(model_id: Id, session: ReadSession) -> ModelDocument:
    """One model; an alias or `latest` stands for an id."""
    return _document(session, model_store.get(session, model_id))


@router.get(
    "/models/{model_id}/weights",
    summary="Download weights",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, **refusals(404, 410)},
)
def download_weights(model_id: Id, session: ReadSession, artifacts: Artifacts) -> Response:
    """The weights as safetensors, under the names of the network's `state_dict`."""
    model = model_store.get(session, model_id)
    return Response(
        artifacts.get(model.weights, sha256=model.weights_sha256),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{model.architecture}-{model.id}.safetensors"',
            "ETag": f'"{model.weights_sha256}"',
        },
    )


@router.get("/aliases", summary="List aliases")
def list_aliases(session: ReadSession) -> AliasList:
    """Every alias and the model it stands for."""
    found = model_store.aliases(session)
    return AliasList(items=[AliasDocument(**_columns(alias)) for alias in found])


@router.put("/aliases/{alias}", summary="Set an alias", responses=refusals(404, 422))
def set_alias(alias: AliasName, body: AliasTarget, session: WriteSession) -> AliasDocument:
    """Let a name stand for a model, from now on wherever a model's id does."""
    kept = model_store.set_alias(session, alias, body.model_id, now=utc_now())
    return AliasDocument(**_columns(kept))


def _columns(alias: model_store.Alias) -> dict[str, Any]:
    return {name: getattr(alias, name) for name in AliasDocument.model_fields}


def _document(session: Session, model: Model) -> ModelDocument:
    same = set(ModelDocument.model_fields) - {"aliases", "image_shape"}
    channels, height, width = model.image_shape
    return ModelDocument(
        **{name: getattr(model, name) for name in same},
        image_shape=Shape(channels=channels, height=height, width=width),
        aliases=[one.alias for one in model_store.aliases(session, model.id)],
    )
