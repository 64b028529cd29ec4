"""The test images that an architecture gets wrong with most certainty, or alone gets right."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.analysis.failures import (
    JudgedImage,
    ensemble_predictions,
    find_confidently_wrong,
    find_only_right,
    fold_of,
    judged_images,
)
from service.dependencies import Results
from service.errors import refusals
from service.requests.fields import Name
from service.results.comparisons import require_label
from service.routes._pictures import PNG, ImageLimit, ImageOffset, data_url_of

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])


class FailureImage(JudgedImage):
    """A test image, the class that an architecture gives it, and its pixels."""

    png: str | None = PNG
    fold: int | None = Field(description="that tested the image; null: the test split")


class FailureImages(BaseModel):
    """Some images, the most certain first."""

    architecture: str
    total: int = Field(description="images")
    items: list[FailureImage]


@router.get(
    "/failure_images",
    summary="Show images that fail",
    responses=refusals(404, 409, 410, 422),
)
def show_failure_images(
    results: Results,
    architecture: Annotated[
        Name, Query(description="its label in the comparison", examples=["cnn"])
    ],
    which: Annotated[
        Literal["confidently_wrong", "only_right"],
        Query(description="its errors, or what no other architecture gets right"),
    ] = "confidently_wrong",
    limit: ImageLimit = 20,
    offset: ImageOffset = 0,
) -> FailureImages:
    """The most certain errors of an architecture, or the images it alone gets right, with the pictures.

    Judged by the mean of its seeds' probabilities, as in `failures`.
    """
    results.require_result()
    require_label(results, architecture)
    ensembles = ensemble_predictions(results)
    if architecture not in ensembles:
        return FailureImages(architecture=architecture, total=0, items=[])
    predictions = ensembles[architecture]
    found = (
        find_only_right(ensembles, architecture)
        if which == "only_right"
        else find_confidently_wrong(predictions, most=None)
    )
    images = results.test_images()
    shown = judged_images(predictions, found[offset : offset + limit], results.class_names)
    return FailureImages(
        architecture=architecture,
        total=len(found),
        items=[
            FailureImage(
                **dict(image),
                png=data_url_of(images, image.index),
                fold=fold_of(results, image.index),
            )
            for image in shown
        ],
    )
