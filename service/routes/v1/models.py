"""Trained models: listed, shown and downloaded."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service.dependencies import ByLabel, Cursor, Id, Limit, ReadSession
from service.errors import refusals
from service.requests.fields import Name
from service.routes._conditions import Conditions
from service.routes._document import Document
from service.routes._downloads import Files, attachment, describe_file, respond_conditionally
from service.routes._file_response import OCTETS
from service.routes.v1.datasets import Shape
from workers.engines import graph_of
from workers.errors import BakeoffError
from workers.queue import comparisons
from workers.storage import trained_models
from workers.storage.tables import Model

router = APIRouter(prefix="/v1", tags=["models"])


class NoWeightsError(BakeoffError):
    """A quantised model is a graph alone."""

    status = HTTPStatus.CONFLICT

    def __init__(self, model: Model) -> None:
        super().__init__(
            f"model '{model.id}' is an int8 graph, without weights of its own; download the graph, or"
            f" the weights of model '{model.quantised_from}', which it was made from"
        )


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


class PretrainedDocument(BaseModel):
    """Weights that a training started from."""

    name: str
    sha256: str
    source: str = Field(description="in words")
    licence: str | None


class ModelDocument(Document):
    """A network ready to serve, trained or quantised."""

    id: str
    name: str | None = Field(description="what people call it, see `PATCH`")
    note: str | None
    tags: list[str]
    job_id: str
    created_at: datetime
    architecture: str
    options: dict[str, Any]
    dataset: str
    dataset_sha256: str
    dataset_split: str = Field(description="the rule by which the dataset was split")
    comparisons: list[str] = Field(description="that its job is part of, by id, oldest first")
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
    weights_bytes: int = Field(description="in float32; of an int8 model those it was made from")
    weights_sha256: str
    pretrained: PretrainedDocument | None = Field(description="null: it started from none")
    onnx: OnnxDocument | None
    quantised_from: str | None = Field(description="of which it is the int8 form; null: trained")
    aliases: list[str] = Field(description="that stand for it now")


class ModelList(BaseModel):
    """A page of models, newest first."""

    items: list[ModelDocument]
    next: str | None


@router.get("/models", summary="List models", responses=refusals(422))
def list_models(
    session: ReadSession,
    by_label: ByLabel,
    dataset: Annotated[Name | None, Query()] = None,
    architecture: Annotated[Name | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ModelList:
    """Models, newest first, page by page."""
    filters = {"dataset": dataset, "architecture": architecture}
    given = {name: value for name, value in filters.items() if value is not None}
    found = trained_models.find(session, given, **vars(by_label), limit=limit, cursor=cursor)
    return ModelList(items=model_documents(session, found.items), next=found.next)


@router.get("/models/{model_id}", summary="Show a model", responses=refusals(404, 410))
def show_model(model_id: Id, session: ReadSession) -> ModelDocument:
    """One model; an alias or `latest` stands for an id."""
    return model_documents(session, [trained_models.get(session, model_id)])[0]


@router.get(
    "/models/{model_id}/weights",
    summary="Download weights",
    **describe_file("weights", OCTETS, 404, 409, 410, 503),
)
def download_weights(
    model_id: Id, session: ReadSession, files: Files, conditions: Conditions
) -> Response:
    """The weights as safetensors, under the names of the network's `state_dict`.

    Refused for an int8 model, which is a graph alone. Carries an ETag; an interrupted download can be
    resumed.
    """
    model = trained_models.get(session, model_id)
    if model.quantised_from:
        raise NoWeightsError(model)
    headers = {"Content-Disposition": attachment(model, "safetensors")}
    sha256 = model.weights_sha256
    return respond_conditionally(
        sha256,
        conditions,
        lambda: files.artifact(model.weights, sha256=sha256, headers=headers),
        modified=model.created_at,
    )


@router.get(
    "/models/{model_id}/onnx",
    summary="Download the ONNX graph",
    **describe_file("graph", OCTETS, 404, 409, 410, 503),
)
def download_onnx(
    model_id: Id, session: ReadSession, files: Files, conditions: Conditions
) -> Response:
    """The network as an ONNX graph: `images` (uint8, N×C×H×W) in, `probabilities` out.

    Normalisation and softmax are in it. Carries an ETag; an interrupted download can be resumed.
    """
    model = trained_models.get(session, model_id)
    graph = graph_of(model)
    headers = {"Content-Disposition": attachment(model, "onnx")}
    sha256 = graph["sha256"]
    return respond_conditionally(
        sha256,
        conditions,
        lambda: files.artifact(graph["path"], sha256=sha256, headers=headers),
        modified=model.created_at,
    )


def model_documents(session: Session, models: Sequence[Model]) -> list[ModelDocument]:
    """Models as the API shows them."""
    aliases = trained_models.aliases_of_each(session, models)
    compared = comparisons.ids_by_job(session, [model.job_id for model in models])
    return [
        ModelDocument.from_attributes(
            model,
            image_shape=Shape.of(model.image_shape),
            aliases=aliases[model.id],
            comparisons=compared[model.job_id],
        )
        for model in models
    ]
