"""The images of a dataset, for pages and scripts."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path as FilePath
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from models import UnknownNameError
from service.dependencies import Datasets, ReadSession
from service.errors import refusals
from service.routes._conditions import Conditions
from service.routes._downloads import describe_conditional, respond_conditionally
from service.routes._pictures import as_png, data_url
from service.routes.v1.datasets import Name
from workers.datasets.listings.listing import SplitName
from workers.datasets.stored.loading import mapped_split
from workers.datasets.stored.registration import describe
from workers.errors import BakeoffError
from workers.storage.ready_datasets import DatasetIdentity

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

MAX_IMAGES = 200
HIGHEST_INDEX = 2**31 - 1
IMMUTABLE = (
    "private, max-age=31536000, immutable"  # a year; for this browser alone, as keys may be asked
)


class ContentReplacedError(BakeoffError):
    """An address names content that the dataset no longer has."""

    status = HTTPStatus.CONFLICT

    def __init__(self, name: str, content: str) -> None:
        super().__init__(
            f"dataset '{name}' has other content now: leave 'content' out, or ask for content={content}"
        )


class NoSuchImageError(BakeoffError):
    """A split has fewer images."""

    status = HTTPStatus.NOT_FOUND


class DatasetImage(BaseModel):
    """One image of a dataset."""

    index: int = Field(description="position in its split")
    label: str
    png: str = Field(description="the image as a data URL, as networks see it")


class DatasetImages(BaseModel):
    """Some images of a split."""

    split: SplitName
    content: str = Field(
        description="names content and split of the dataset as they are now: an address"
        " `{split}/{index}.png?content=` shows the same image for ever"
    )
    total: int = Field(description="images of this split, and of the label where one is asked for")
    items: list[DatasetImage]


@dataclass(frozen=True)
class ImagesQuery:
    """Which images are shown."""

    split: Annotated[SplitName, Query()] = "train"
    label: Annotated[str | None, Query(max_length=200, description="only of this class")] = None
    limit: Annotated[int, Query(ge=1, le=MAX_IMAGES)] = 20
    offset: Annotated[int, Query(ge=0, description="images to leave out at the beginning")] = 0


@dataclass(frozen=True)
class ImageAddress:
    """Which image, and of which content."""

    split: Annotated[SplitName, Path(examples=["test"])]
    index: Annotated[
        int, Path(ge=0, le=HIGHEST_INDEX, description="position in its split", examples=[4])
    ]
    content: Annotated[
        str | None,
        Query(
            max_length=64,
            description="as a list of images has it; then the answer never changes",
        ),
    ] = None


@router.get("/{name}/images", summary="Show images of a dataset", responses=refusals(404, 422))
def show_dataset_images(
    name: Name,
    session: ReadSession,
    datasets: Datasets,
    chosen: Annotated[ImagesQuery, Depends()],
) -> DatasetImages:
    """Images of a split as PNG, at the size and in the channels in which networks see them."""
    description = describe(session, name)
    classes = description.classes
    if chosen.label is not None and chosen.label not in classes:
        raise UnknownNameError("class", chosen.label, list(classes))
    path = datasets.path(description.identity, name)
    images, labels = mapped_split(path, chosen.split)
    wanted = np.arange(len(labels))
    if chosen.label is not None:
        wanted = np.flatnonzero(labels == classes.index(chosen.label))
    items = [
        DatasetImage(index=int(index), label=classes[labels[index]], png=data_url(images[index]))
        for index in wanted[chosen.offset : chosen.offset + chosen.limit]
    ]
    content = _content(description.identity)
    return DatasetImages(split=chosen.split, content=content, total=len(wanted), items=items)


@router.get(
    "/{name}/images/{split}/{index}.png",
    summary="Show an image of a dataset",
    **describe_conditional("image", ["image/png"], 404, 409, 422),
)
def show_dataset_image(
    name: Name,
    session: ReadSession,
    datasets: Datasets,
    address: Annotated[ImageAddress, Depends()],
    conditions: Conditions,
) -> Response:
    """One image as PNG, as networks see it. Carries an ETag.

    With `content` a browser keeps it and does not ask again; refused where the dataset has other content now.
    """
    identity = describe(session, name).identity
    current = _content(identity)
    if address.content not in {None, current}:
        raise ContentReplacedError(name, current)
    path = datasets.path(identity, name)
    response = respond_conditionally(
        f"{current}-{address.split}-{address.index}",
        conditions,
        lambda: Response(_png(path, name, address), media_type="image/png"),
    )
    if address.content:
        response.headers["Cache-Control"] = IMMUTABLE
    return response


def _png(path: FilePath, name: str, address: ImageAddress) -> bytes:
    images, _ = mapped_split(path, address.split)
    if address.index >= len(images):
        raise NoSuchImageError(
            f"split '{address.split}' of dataset '{name}' has {len(images):,} images, numbered from 0"
        )
    return as_png(images[address.index])


def _content(identity: DatasetIdentity) -> str:
    """A short name for the content of a dataset and its split."""
    return hashlib.sha256(" ".join(identity).encode()).hexdigest()[:16]
