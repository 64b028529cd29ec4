"""Trained models: listed, shown and downloaded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service.dependencies import Artifacts, Cursor, Id, Limit, ReadSession
from service.errors import refusals
from service.requests.fields import Name
from service.routes._document import Document
from service.routes.v1.datasets import Shape
from workers.engines import graph_of
from workers.storage import trained_models
from workers.storage.tables import Model

router = APIRouter(prefix="/v1", tags=["models"])


class ParityDocument(BaseModel):
    """How closely ONNX Runtime agrees with torch on test images."""

    images: int
    max_probability_difference: float
    different_labels: int


class OnnxDocument(BaseModel):
    """The ONNX graph of a model, or why it has none."""

    sha256: str | None = None
    bytes: int | None = None
    opset: int | None = None
    parity: ParityDocument | None = None
    error: str | None = None


class ModelDocument(Document):
    """A trained network ready to serve."""

    id: str
    job_id: str
    created_at: datetime
    architecture: str
    options: dict[str, Any]
    dataset: str
    dataset_sha256: str
    seed: int
    fold: int | None = Field(description="that tested it, from 1 to `folds`; null: the test split")
    folds: int | None = Field(description="parts into which all images were divided")
    recipe_hash: str
    classes: list[str]
    image_shape: Shape
    num_parameters: int
    validation_accuracy: float
    test_accuracy: float
    test_flips: bool = Field(
        description="whether it gives the mean of the logits of an image and of its mirror image"
    )
    weights_bytes: int
    weights_sha256: str
    onnx: OnnxDocument | None
    aliases: list[str]


class ModelList(BaseModel):
    """A page of models, newest first."""

    items: list[ModelDocument]
    next: str | None


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
    found = trained_models.find(session, given, limit=limit, cursor=cursor)
    return ModelList(items=_documents(session, found.items), next=found.next)


@router.get("/models/{model_id}", summary="Show a model", responses=refusals(404))
def show_model(model_id: Id, session: ReadSession) -> ModelDocument:
    """One model; an alias or `latest` stands for an id."""
    return _documents(session, [trained_models.get(session, model_id)])[0]


@router.get(
    "/models/{model_id}/weights",
    summary="Download weights",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, **refusals(404, 410)},
)
def download_weights(model_id: Id, session: ReadSession, artifacts: Artifacts) -> Response:
    """The weights as safetensors, under the names of the network's `state_dict`."""
    model = trained_models.get(session, model_id)
    return Response(
        artifacts.get(model.weights, sha256=model.weights_sha256),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": _attachment(model, "safetensors"),
            "ETag": f'"{model.weights_sha256}"',
        },
    )


@router.get(
    "/models/{model_id}/onnx",
    summary="Download the ONNX graph",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}, **refusals(404, 409, 410)},
)
def download_onnx(model_id: Id, session: ReadSession, artifacts: Artifacts) -> Response:
    """The network as an ONNX graph: `images` (uint8, N×C×H×W) in, `probabilities` out.

    Normalisation and softmax are in it.
    """
    model = trained_models.get(session, model_id)
    graph = graph_of(model)
    return Response(
        artifacts.get(graph["path"], sha256=graph["sha256"]),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": _attachment(model, "onnx"),
            "ETag": f'"{graph["sha256"]}"',
        },
    )


def _attachment(model: Model, suffix: str) -> str:
    name = model.architecture.replace("/", "-")  # as in timm/resnet18
    return f'attachment; filename="{name}-{model.id}.{suffix}"'


def _documents(session: Session, models: Sequence[Model]) -> list[ModelDocument]:
    aliases = trained_models.aliases_of_each(session, models)
    return [
        ModelDocument.from_attributes(
            model, image_shape=Shape.of(model.image_shape), aliases=aliases[model.id]
        )
        for model in models
    ]
