"""The test images behind a cell of a confusion matrix."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from models import UnknownNameError
from service.analysis.confused_images import (
    JobAnswer,
    answers_of,
    images_of_cell,
    seed_predictions,
)
from service.analysis.results import ComparisonResults
from service.dependencies import JobResults, ModelResults, Results
from service.errors import refusals
from service.requests.fields import HIGHEST_SEED, Name
from service.results.comparisons import require_label
from service.routes._pictures import PNG, ImageLimit, ImageOffset, data_url_of

router = APIRouter(prefix="/v1", tags=["comparisons"])

#: In an address a number is text, which a strict `Seed` is not.
QuerySeed = Annotated[int, Field(ge=0, le=HIGHEST_SEED)]


class ConfusedImage(BaseModel):
    """A test image of one class that some networks take for another."""

    index: int = Field(
        description="in the test split, from 0; with folds, in those of fold 1, 2, … one after the other"
    )
    png: str | None = PNG
    jobs: list[JobAnswer] = Field(description="whose networks do")


class ConfusedImages(BaseModel):
    """The images of a cell: first those that most networks agree on, then the most certain."""

    true: str
    predicted: str
    num_networks: int = Field(
        description="that were asked; with folds, seeds of which all folds have ended"
    )
    total: int = Field(description="images")
    items: list[ConfusedImage]


@dataclass(frozen=True)
class Cell:
    """Which images: those of a class that are taken for another."""

    true: Annotated[str, Query(max_length=200, description="their class", examples=["4"])]
    predicted: Annotated[
        str, Query(max_length=200, description="the class they get", examples=["9"])
    ]
    limit: ImageLimit = 20
    offset: ImageOffset = 0


@router.get(
    "/comparisons/{comparison_id}/confused_images",
    summary="Show confused images",
    responses=refusals(404, 409, 410, 422),
)
def show_confused_images(
    results: Results,
    cell: Annotated[Cell, Depends()],
    architecture: Annotated[
        list[Name], Query(max_length=50, description="labels; by default all")
    ] = [],  # noqa: B006 - FastAPI copies it
    seed: Annotated[list[QuerySeed], Query(max_length=50, description="by default all")] = [],  # noqa: B006
) -> ConfusedImages:
    """The test images of a class that are taken for another, and the jobs whose networks do so.

    Where both are the same class, those that are got right.
    """
    for label in architecture:
        require_label(results, label)
    return _confused(results, cell, architecture, seed)


@router.get(
    "/jobs/{job_id}/confused_images",
    summary="Show confused images of a job",
    responses=refusals(404, 409, 410, 422),
)
def show_job_confused_images(
    results: JobResults, cell: Annotated[Cell, Depends()]
) -> ConfusedImages:
    """The test images of a class that the network of a training takes for another."""
    return _confused(results, cell)


@router.get(
    "/models/{model_id}/confused_images",
    summary="Show confused images of a model",
    responses=refusals(404, 409, 410, 422),
)
def show_model_confused_images(
    results: ModelResults, cell: Annotated[Cell, Depends()]
) -> ConfusedImages:
    """The test images of a class that a trained model takes for another."""
    return _confused(results, cell)


def _confused(
    results: ComparisonResults,
    cell: Cell,
    architectures: Sequence[str] = (),
    seeds: Sequence[int] = (),
) -> ConfusedImages:
    classes = results.class_names
    true, predicted = _number(classes, cell.true), _number(classes, cell.predicted)
    members = seed_predictions(results, architectures, seeds)
    found = images_of_cell(members, true, predicted)
    images = results.test_images()
    return ConfusedImages(
        true=cell.true,
        predicted=cell.predicted,
        num_networks=len(members),
        total=len(found),
        items=[
            ConfusedImage(
                index=index,
                png=data_url_of(images, index),
                jobs=answers_of(members, index, predicted),
            )
            for index in found[cell.offset : cell.offset + cell.limit].tolist()
        ],
    )


def _number(classes: list[str], name: str) -> int:
    """The number of a class; UnknownNameError."""
    if name not in classes:
        raise UnknownNameError("class", name, classes)
    return classes.index(name)
