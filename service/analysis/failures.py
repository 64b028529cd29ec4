"""Where each architecture fails: which classes it confuses, and on which images.

What an architecture says of an image is the mean of its seeds' probabilities.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from service.analysis.results import ComparisonResults

MOST_PAIRS = 5
MOST_IMAGES = 12


class ConfusedPair(BaseModel):
    """Images of one class taken for another."""

    true: str = Field(examples=["4"])
    predicted: str = Field(examples=["9"])
    images: float = Field(description="test images, mean over seeds")
    share: float = Field(description="of the test images of the true class")


class JudgedImage(BaseModel):
    """One test image and what is said of it."""

    index: int = Field(description="in the test split, from 0")
    true: str
    predicted: str
    probability: float = Field(description="of the predicted class, mean over seeds")


class Failures(BaseModel):
    """One architecture."""

    architecture: str
    confused: list[ConfusedPair] = Field(description="the most confused pairs")
    confidently_wrong: list[JudgedImage] = Field(description="wrong, the most certain first")
    num_only_right: int = Field(description="images that no other architecture gets right")
    only_right: list[JudgedImage] = Field(description="some of them, the most certain first")


@dataclass(frozen=True)
class Opinion:
    """What an architecture says of the test images: class and its probability (N,)."""

    predicted: NDArray[np.int64]
    probability: NDArray[np.float64]
    labels: NDArray[np.int64]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which images (N,) are classified rightly."""
        return np.asarray(self.predicted == self.labels)


def opinions(results: ComparisonResults) -> dict[str, Opinion]:
    """Of every architecture whose predictions are kept, all of the same test images."""
    found: dict[str, Opinion] = {}
    reference = None
    for name in results.with_results:
        judged = list(results.judged(name).values())
        reference = reference or (judged[0] if judged else None)
        same = [one for one in judged if reference and one.same_images(reference)]
        if same:
            mean = np.mean([one.probabilities for one in same], axis=0, dtype=np.float64)
            found[name] = Opinion(mean.argmax(axis=1), mean.max(axis=1), same[0].labels)
    return found


def confidently_wrong(opinion: Opinion, most: int = MOST_IMAGES) -> NDArray[np.int64]:
    """Indices of wrongly classified images, those of the highest probability first."""
    wrong = np.flatnonzero(~opinion.correct)
    return wrong[np.argsort(-opinion.probability[wrong], kind="stable")][:most]


def only_right(found: dict[str, Opinion], name: str) -> NDArray[np.int64]:
    """Indices of the images that only this architecture gets right, the most certain first."""
    others = [one.correct for other, one in found.items() if other != name]
    if not others:
        return np.empty(0, dtype=np.int64)
    ours = found[name]
    alone = np.flatnonzero(ours.correct & ~np.any(others, axis=0))
    return alone[np.argsort(-ours.probability[alone], kind="stable")]


def confused_pairs(results: ComparisonResults, name: str) -> list[ConfusedPair]:
    """The classes that are most often taken for another, mean over seeds."""
    finished = results.finished(name)
    counts = np.mean([one["confusion_matrix"] for one in finished], axis=0)
    classes = [one["name"] for one in finished[0]["per_class"]]
    sizes = np.maximum(counts.sum(axis=1), 1)
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:MOST_PAIRS]
    pairs = zip(*np.unravel_index(order, counts.shape), strict=True)
    return [
        ConfusedPair(
            true=classes[true],
            predicted=classes[predicted],
            images=float(counts[true, predicted]),
            share=float(counts[true, predicted] / sizes[true]),
        )
        for true, predicted in pairs
        if counts[true, predicted] > 0
    ]


def failures(results: ComparisonResults) -> list[Failures]:
    """Every architecture that has a result, in the order asked for."""
    found = opinions(results)
    listed = []
    for name in results.with_results:
        opinion = found.get(name)
        classes = [one["name"] for one in results.finished(name)[0]["per_class"]]
        nothing = np.empty(0, dtype=np.int64)
        wrong = confidently_wrong(opinion) if opinion else nothing
        alone = only_right(found, name) if opinion else nothing
        listed.append(
            Failures(
                architecture=name,
                confused=confused_pairs(results, name),
                confidently_wrong=[_image(opinion, i, classes) for i in wrong if opinion],
                num_only_right=len(alone),
                only_right=[_image(opinion, i, classes) for i in alone[:MOST_IMAGES] if opinion],
            )
        )
    return listed


def _image(opinion: Opinion, index: int, classes: list[str]) -> JudgedImage:
    return JudgedImage(
        index=int(index),
        true=classes[opinion.labels[index]],
        predicted=classes[opinion.predicted[index]],
        probability=float(opinion.probability[index]),
    )
