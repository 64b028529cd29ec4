"""Where each architecture fails: which classes it confuses, and on which images.

An architecture is judged as the ensemble of its seeds: by the mean of their probabilities. With folds
every image is judged by the fold that tests it, and by the seeds of which all folds have ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from service.analysis.confusion import confusion_counts
from service.analysis.results import ComparisonResults

MAX_PAIRS = 5
MAX_IMAGES = 12

Indices = NDArray[np.int64]  # of images in `test_images()`


class ConfusedPair(BaseModel):
    """Images of one class taken for another."""

    true: str = Field(examples=["4"])
    predicted: str = Field(examples=["9"])
    images: float = Field(description="test images, mean over seeds; those of all folds together")
    share: float = Field(description="of the test images of the true class")


class JudgedImage(BaseModel):
    """One test image and its predicted class."""

    index: int = Field(
        description="in the test split, from 0; with folds, in those of fold 1, 2, … one after the other"
    )
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
class EnsemblePredictions:
    """The predicted class of every test image, its probability, and the true class: each (N,)."""

    predicted: NDArray[np.int64]
    probability: NDArray[np.float64]
    labels: NDArray[np.int64]

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Which images (N,) are classified correctly."""
        return np.asarray(self.predicted == self.labels)


def ensemble_predictions(results: ComparisonResults) -> dict[str, EnsemblePredictions]:
    """Predictions of every architecture for which some are kept, all on the same test images."""
    ensembles: dict[str, EnsemblePredictions] = {}
    reference = None
    for name in results.with_results:
        members = results.whole_predictions_of(name)
        reference = reference or (members[0] if members else None)
        same = [member for member in members if reference and member.same_images(reference)]
        if same:
            mean = np.mean([member.probabilities for member in same], axis=0, dtype=np.float64)
            ensembles[name] = EnsemblePredictions(
                mean.argmax(axis=1), mean.max(axis=1), same[0].labels
            )
    return ensembles


def fold_of(results: ComparisonResults, index: int) -> int | None:
    """The fold that tested an image, from 1; None where the test split did."""
    if not results.folds:
        return None
    sizes = {run.fold: run.result["test"]["images"] for run in results.runs if run.result}
    ends = np.cumsum([sizes[fold] for fold in range(1, results.folds + 1)])
    return int(np.searchsorted(ends, index, side="right")) + 1


def find_confidently_wrong(
    predictions: EnsemblePredictions, most: int | None = MAX_IMAGES
) -> Indices:
    """Indices of at most so many (None: all) wrongly classified images, the most certain first."""
    wrong = np.flatnonzero(~predictions.correct)
    return wrong[np.argsort(-predictions.probability[wrong], kind="stable")][:most]


def find_only_right(ensembles: Mapping[str, EnsemblePredictions], name: str) -> Indices:
    """Indices of the images that only this architecture gets right, the most certain first."""
    others = [predictions.correct for other, predictions in ensembles.items() if other != name]
    if not others:
        return np.empty(0, dtype=np.int64)
    ours = ensembles[name]
    alone = np.flatnonzero(ours.correct & ~np.any(others, axis=0))
    return alone[np.argsort(-ours.probability[alone], kind="stable")]


def confused_pairs(results: ComparisonResults, name: str) -> list[ConfusedPair]:
    """The classes that are most often taken for another, mean over seeds."""
    counts = confusion_counts(results, name)
    classes = results.class_names
    sizes = np.maximum(counts.sum(axis=1), 1)
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:MAX_PAIRS]
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


def judged_images(
    predictions: EnsemblePredictions, indices: Indices, classes: list[str]
) -> list[JudgedImage]:
    """The images at `indices`, with the class that an architecture gives them and the true one."""
    return [
        JudgedImage(
            index=int(index),
            true=classes[predictions.labels[index]],
            predicted=classes[predictions.predicted[index]],
            probability=float(predictions.probability[index]),
        )
        for index in indices
    ]


def failures(results: ComparisonResults) -> list[Failures]:
    """Every architecture that has a result, in the order asked for."""
    ensembles = ensemble_predictions(results)
    return [_failures(results, name, ensembles) for name in results.with_results]


def _failures(
    results: ComparisonResults, name: str, ensembles: Mapping[str, EnsemblePredictions]
) -> Failures:
    wrong: list[JudgedImage] = []
    right: list[JudgedImage] = []
    num_only_right = 0
    if name in ensembles:
        predictions = ensembles[name]
        alone = find_only_right(ensembles, name)
        num_only_right = len(alone)
        wrong = judged_images(predictions, find_confidently_wrong(predictions), results.class_names)
        right = judged_images(predictions, alone[:MAX_IMAGES], results.class_names)
    return Failures(
        architecture=name,
        confused=confused_pairs(results, name),
        confidently_wrong=wrong,
        num_only_right=num_only_right,
        only_right=right,
    )
