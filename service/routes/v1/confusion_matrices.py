"""The confusion matrix of an architecture, as numbers for a page that draws it."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.analysis.confusion import confusion_counts
from service.analysis.results import NoResultError
from service.dependencies import Results
from service.errors import refusals
from service.requests.fields import Name
from service.results.comparisons import require_label

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])


class ConfusedClasses(BaseModel):
    """Images of one class taken for another; the classes by their places in `classes`, from 0."""

    true: int
    predicted: int
    images: float = Field(description="test images, mean over seeds; those of all folds together")
    share: float = Field(description="of the test images of the true class")


class ConfusionMatrix(BaseModel):
    """Which classes an architecture takes for which: the diagonal, and the cells with errors beside it."""

    architecture: str
    classes: list[str]
    num_trainings: int = Field(description="that have succeeded")
    images: list[float] = Field(description="test images of each class")
    right: list[float] = Field(description="of them, those that are classified correctly")
    total: int = Field(description="cells with errors")
    items: list[ConfusedClasses] = Field(description="the cells with errors, most images first")


@router.get(
    "/confusion_matrix",
    summary="Show a confusion matrix",
    responses=refusals(404, 409, 410, 422),
)
def show_confusion_matrix(
    results: Results,
    architecture: Annotated[
        Name, Query(description="its label in the comparison", examples=["cnn"])
    ],
    limit: Annotated[
        int, Query(ge=1, le=10_000, description="most cells; 870 are all of 30 classes")
    ] = 1000,
) -> ConfusionMatrix:
    """Which class an architecture takes for which: test images, mean over seeds."""
    require_label(results, architecture)
    num_trainings = len(results.results_of(architecture))
    if not num_trainings:
        raise NoResultError(f"no training of '{architecture}' has succeeded yet")
    counts = confusion_counts(results, architecture)
    sizes, right = counts.sum(axis=1), counts.diagonal().copy()
    np.fill_diagonal(counts, 0)
    wrong = np.argwhere(counts > 0)
    order = np.argsort(-counts[tuple(wrong.T)], kind="stable")[:limit]
    return ConfusionMatrix(
        architecture=architecture,
        classes=results.class_names,
        num_trainings=num_trainings,
        images=sizes.tolist(),
        right=right.tolist(),
        total=len(wrong),
        items=[
            ConfusedClasses(
                true=true,
                predicted=predicted,
                images=counts[true, predicted],
                share=counts[true, predicted] / sizes[true],
            )
            for true, predicted in wrong[order].tolist()
        ],
    )
