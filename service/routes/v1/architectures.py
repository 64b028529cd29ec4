"""Architectures: listed, and shown with their size for a dataset."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from models import ImageShape, architectures
from service.dependencies import ReadSession
from service.errors import refusals
from service.requests.architecture_options import options_schema
from service.requests.fields import check_options
from service.routes._document import Document
from workers.datasets.stored.registration import describe
from workers.training.measuring.network_summary import Layer, summarise

router = APIRouter(prefix="/v1/architectures", tags=["architectures"])


class ArchitectureSize(Document):
    """The size of an architecture's network for one dataset."""

    dataset: str
    options: dict[str, Any] = Field(
        description="that it is counted with: those of a job whose request names none"
    )
    num_parameters: int
    flops: int = Field(description="forward pass of one image; a multiply-add counts as two")
    layers: list[Layer]


class ArchitectureDocument(BaseModel):
    """A registered architecture."""

    name: str = Field(examples=["cnn"])
    description: str
    options: dict[str, Any] = Field(description="JSON schema of its options")
    size: ArchitectureSize | None = None


class ArchitectureList(BaseModel):
    """Every architecture; there is no second page."""

    items: list[ArchitectureDocument]
    next: None = None


@router.get("", summary="List architectures")
def list_architectures() -> ArchitectureList:
    """Every architecture with its description and the schema of its options."""
    return ArchitectureList(items=[_document(name) for name in architectures])


@router.get("/{name}", summary="Show an architecture", responses=refusals(404))
def show_architecture(
    name: Annotated[str, Path(max_length=64, examples=["cnn"])],
    session: ReadSession,
    dataset: Annotated[
        str | None, Query(description="a ready dataset to count for", examples=["digits"])
    ] = None,
) -> ArchitectureDocument:
    """One architecture; with a dataset also its parameters, FLOPs and layers for its images.

    They are counted with the options that a job for this dataset has where its request names none.
    """
    document = _document(name)
    if dataset is None:
        return document
    known = describe(session, dataset)
    shape = ImageShape(*known.image_shape)
    options = check_options(name, {}, shape)
    network = architectures[name](shape, len(known.classes), **options)
    summary = summarise(network, shape)
    size = ArchitectureSize.from_attributes(summary, dataset=dataset, options=options)
    return document.model_copy(update={"size": size})


def _document(name: str) -> ArchitectureDocument:
    description = architectures.description(name)
    return ArchitectureDocument(name=name, description=description, options=options_schema(name))
