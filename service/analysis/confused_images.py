"""The test images behind a cell of confusion matrices: which are taken for what, by which networks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from service.analysis.predictions import Predictions
from service.analysis.results import ComparisonResults, Run


class JobAnswer(BaseModel):
    """A job whose network gives an image the class that is asked for."""

    job_id: str
    architecture: str
    seed: int
    fold: int | None = Field(description="that tested the image; null: the test split")
    probability: float = Field(description="of the class")


@dataclass(frozen=True)
class SeedPredictions:
    """What a seed of an architecture predicts for all test images: one network, with folds several."""

    predictions: Predictions
    runs: Sequence[Run]
    ends: NDArray[np.int64]  # (runs,) where the images that a run tested end

    def in_cell(self, true: int, predicted: int) -> NDArray[np.bool_]:
        """Which images (N,) of one class get the other."""
        found = self.predictions
        return np.asarray((found.labels == true) & (found.predicted == predicted))

    def answer(self, index: int, predicted: int) -> JobAnswer:
        """The answer of the network that tested an image."""
        run = self.runs[int(np.searchsorted(self.ends, index, side="right"))]
        return JobAnswer(
            job_id=run.job_id,
            architecture=run.architecture,
            seed=run.seed,
            fold=run.fold,
            probability=float(self.predictions.probabilities[index, predicted]),
        )


def seed_predictions(
    results: ComparisonResults, architectures: Collection[str], seeds: Collection[int]
) -> list[SeedPredictions]:
    """Those of some architectures (labels) and seeds, of each all where none is named.

    All are of the same test images. A seed is left out until all its folds have ended.
    """
    found: list[SeedPredictions] = []
    for label in results.with_results:
        if architectures and label not in architectures:
            continue
        for seed, predictions in results.whole_predictions_by_seed(label).items():
            is_wanted = not seeds or seed in seeds
            if is_wanted and (not found or predictions.same_images(found[0].predictions)):
                found.append(_of_seed(results, label, seed, predictions))
    return found


def images_of_cell(
    members: Sequence[SeedPredictions], true: int, predicted: int
) -> NDArray[np.int64]:
    """Indices of the images of class `true` that any network takes for `predicted`.

    First those that most of them do, then the most certain.
    """
    if not members:
        return np.empty(0, dtype=np.int64)
    votes = np.zeros(len(members[0].predictions.labels))
    certainty = np.zeros(len(votes))
    for member in members:
        in_cell = member.in_cell(true, predicted)
        votes += in_cell
        certainty += in_cell * member.predictions.probabilities[:, predicted]
    found = np.flatnonzero(votes)
    return found[np.lexsort((-certainty[found], -votes[found]))]


def answers_of(members: Sequence[SeedPredictions], index: int, predicted: int) -> list[JobAnswer]:
    """The networks that give an image the class `predicted`."""
    return [
        member.answer(index, predicted)
        for member in members
        if member.predictions.predicted[index] == predicted
    ]


def _of_seed(
    results: ComparisonResults, label: str, seed: int, predictions: Predictions
) -> SeedPredictions:
    runs = [run for run in results.runs_of(label) if run.seed == seed]
    if results.folds:
        runs.sort(key=lambda run: run.fold or 0)
    sizes = [len(results.predictions[run.job_id].labels) for run in runs]
    return SeedPredictions(predictions, runs, np.cumsum(sizes))
