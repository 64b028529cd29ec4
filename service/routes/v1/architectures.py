"""Architectures: listed, searched, and shown with their size for a dataset."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from models import (
    CatalogueEntry,
    ImageShape,
    UnfitNetworkError,
    UnknownNameError,
    architectures,
)
from service.dependencies import Cursor, Limit, ReadSession
from service.errors import refusals
from service.requests.architecture_fit import ImagesRefusedError
from service.requests.architecture_options import options_schema
from service.requests.architecture_size import size_of
from service.requests.fields import check_options
from service.routes._document import Document
from workers.datasets.stored.registration import describe
from workers.storage.pages import CursorError
from workers.training.measuring.network_summary import Layer, Stage

router = APIRouter(prefix="/v1/architectures", tags=["architectures"])

ForDataset = Annotated[
    str | None, Query(description="a ready dataset to count for", examples=["digits"])
]


class ArchitectureSize(Document):
    """The size of an architecture's network for one dataset."""

    dataset: str
    options: dict[str, Any] = Field(
        description="that it is counted with: those of a job whose request names none"
    )
    num_parameters: int
    flops: int = Field(description="forward pass of one image; a multiply-add counts as two")
    layers: list[Layer]
    stages: list[Stage] = Field(
        description="the same in at most 40 rows, with FLOPs: of a network with more layers, the modules"
        " that contain them"
    )


class ArchitectureDocument(BaseModel):
    """An architecture of Bakeoff or of timm."""

    name: str = Field(examples=["cnn"])
    description: str
    options: dict[str, Any] = Field(description="JSON schema of its options")
    num_parameters: int = Field(
        description="with 10 classes of RGB images: of 32 × 32 pixels, or where it is a network of"
        " timm, of the size it was made for; see `size` for those of a dataset"
    )
    pretrained: bool = Field(
        description="whether weights of it are published that were trained on other images"
    )
    size: ArchitectureSize | None = Field(
        None,
        description="for the dataset that is named; null where none is, and for the few networks of timm"
        " that run on numbers alone, so that nothing can be counted without computing",
    )


class ArchitectureList(BaseModel):
    """A page of architectures: Bakeoff's own, then those of timm, the recommended ones first."""

    items: list[ArchitectureDocument]
    next: str | None


@dataclass(frozen=True)
class ArchitectureFilters:
    """Which architectures are listed."""

    search: Annotated[
        str | None,
        Query(
            max_length=100,
            description="part of the name or the description; empty: all",
            examples=["resnet"],
        ),
    ] = None
    pretrained: Annotated[bool | None, Query(description="whether weights of it are published")] = (
        None
    )
    max_parameters: Annotated[
        int | None, Query(ge=0, description="at most so many parameters", examples=[10_000_000])
    ] = None

    def accept(self, entry: CatalogueEntry) -> bool:
        """Whether an architecture is listed."""
        text = f"{entry.name} {entry.description}".casefold()
        return (
            (self.search or "").casefold() in text
            and self.pretrained in {None, entry.is_pretrained}
            and (self.max_parameters is None or entry.num_parameters <= self.max_parameters)
        )


@router.get("", summary="List architectures", responses=refusals(422))
def list_architectures(
    filters: Annotated[ArchitectureFilters, Depends()],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ArchitectureList:
    """Architectures with their descriptions and the schema of their options, page by page.

    Without a filter those of Bakeoff alone; with `search`, `pretrained` or `max_parameters` those of timm
    too, after Bakeoff's. `?search=` lists them all.
    """
    listed = list(architectures.catalogue.values())
    if filters == ArchitectureFilters():
        listed = listed[: len(architectures)]  # Bakeoff's own come first
    start = _position(cursor, len(listed)) if cursor else 0
    numbered = list(enumerate(listed, start=1))
    found = [(end, entry.name) for end, entry in numbered[start:] if filters.accept(entry)]
    page = found[:limit]
    following = str(page[-1][0]) if len(found) > len(page) else None
    return ArchitectureList(items=[_document(name) for _, name in page], next=following)


@router.get("/{name}", summary="Show an architecture", responses=refusals(404, 422))
def show_architecture(
    name: Annotated[str, Path(max_length=64, examples=["cnn"])],
    session: ReadSession,
    dataset: ForDataset = None,
) -> ArchitectureDocument:
    """One architecture; with a dataset also its parameters, FLOPs, layers and stages for its images.

    They are counted with the options that a job for this dataset has where its request names none.
    """
    return _sized_document(name, session, dataset)


@router.get("/timm/{name}", summary="Show a network of timm", responses=refusals(404, 422))
def show_timm_architecture(
    name: Annotated[str, Path(max_length=64, examples=["resnet18"])],
    session: ReadSession,
    dataset: ForDataset = None,
) -> ArchitectureDocument:
    """A network of timm, which jobs and comparisons call `timm/{name}`; with a dataset also its size."""
    full_name = f"timm/{name}"
    try:
        architectures[full_name]
    except UnknownNameError as error:  # the address has a part of its name
        raise HTTPException(404, str(error)) from None
    return _sized_document(full_name, session, dataset)


def _sized_document(name: str, session: Session, dataset: str | None) -> ArchitectureDocument:
    document = _document(name)
    if dataset is None:
        return document
    return document.model_copy(update={"size": _size(name, session, dataset)})


def _size(name: str, session: Session, dataset: str) -> ArchitectureSize | None:
    known = describe(session, dataset)
    shape = ImageShape(*known.image_shape)
    options = check_options(name, {}, shape)
    try:
        summary = size_of(name, options, shape, len(known.classes))
    except UnfitNetworkError as error:
        raise ImagesRefusedError(str(error)) from None
    if summary is None:
        return None
    return ArchitectureSize.from_attributes(summary, dataset=dataset, options=options)


def _document(name: str) -> ArchitectureDocument:
    options = options_schema(name)
    entry = architectures.catalogue[name]
    return ArchitectureDocument(
        name=name,
        description=entry.description,
        options=options,
        num_parameters=entry.num_parameters,
        pretrained=entry.is_pretrained,
    )


def _position(cursor: str, num_listed: int) -> int:
    """How many of the listed architectures came before; CursorError."""
    place = int(cursor) if cursor.isascii() and cursor.isdecimal() else 0
    if not 0 < place < num_listed:
        raise CursorError
    return place
