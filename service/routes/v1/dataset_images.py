"""The images of a dataset, for pages and scripts."""

import base64
import io
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, Field

from models import UnknownNameError
from service.dependencies import Datasets, ReadSession
from service.errors import refusals
from service.routes.v1.datasets import Name
from workers.datasets.listings.listing import SplitName
from workers.datasets.stored.loading import mapped_split
from workers.datasets.stored.registration import describe

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

MAX_IMAGES = 200


class DatasetImage(BaseModel):
    """One image of a dataset."""

    index: int = Field(description="position in its split")
    label: str
    png: str = Field(description="the image as a data URL, as networks see it")


class DatasetImages(BaseModel):
    """Some images of a split."""

    split: SplitName
    total: int = Field(description="images of this split, and of the label where one is asked for")
    items: list[DatasetImage]


@dataclass(frozen=True)
class ImagesQuery:
    """Which images are shown."""

    split: Annotated[SplitName, Query()] = "train"
    label: Annotated[str | None, Query(max_length=200, description="only of this class")] = None
    limit: Annotated[int, Query(ge=1, le=MAX_IMAGES)] = 20
    offset: Annotated[int, Query(ge=0, description="images to leave out at the beginning")] = 0


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
        DatasetImage(index=int(index), label=classes[labels[index]], png=_data_url(images[index]))
        for index in wanted[chosen.offset : chosen.offset + chosen.limit]
    ]
    return DatasetImages(split=chosen.split, total=len(wanted), items=items)


def _data_url(pixels: NDArray[np.uint8]) -> str:
    """uint8 pixels (H, W, C) as a PNG in a data URL."""
    written = io.BytesIO()
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.save(written, "PNG")
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"
