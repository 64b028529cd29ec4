"""How many images each class of a dataset has."""

import numpy as np
from fastapi import APIRouter
from pydantic import BaseModel

from service.dependencies import Datasets, ReadSession
from service.errors import refusals
from service.routes.v1.datasets import Name, Sizes
from workers.datasets.stored.loading import mapped_split
from workers.datasets.stored.registration import describe

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

SPLITS = ("train", "validation", "test")


class ClassSizes(BaseModel):
    """The images of one class."""

    label: str
    sizes: Sizes


class ClassList(BaseModel):
    """Every class, in the order in which networks number them."""

    items: list[ClassSizes]
    next: None = None


@router.get("/{name}/classes", summary="Count the images of each class", responses=refusals(404))
def list_dataset_classes(name: Name, session: ReadSession, datasets: Datasets) -> ClassList:
    """Every class with the number of its images in each split."""
    description = describe(session, name)
    path = datasets.path(description.identity, name)
    number = len(description.classes)
    counts = {
        split: np.bincount(mapped_split(path, split)[1], minlength=number).tolist()
        for split in SPLITS
    }
    return ClassList(
        items=[
            ClassSizes(
                label=label, sizes=Sizes(**{split: counts[split][index] for split in SPLITS})
            )
            for index, label in enumerate(description.classes)
        ]
    )
