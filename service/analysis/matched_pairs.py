"""Two architectures side by side: which images both were tested on after the same training."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.analysis.results import ComparisonResults

MIN_FOLDS = 2  # one alone shows no spread

Correct = NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """Which images (S, N) of one test split are classified correctly, seed by seed."""

    fold: int | None
    seeds: list[int]
    better: Correct
    worse: Correct

    @property
    def difference(self) -> float:
        """The accuracy of the better architecture minus that of the other, mean over seeds."""
        return float(self.better.mean() - self.worse.mean())


@dataclass(frozen=True)
class Pair:
    """Two architectures; the part of each fold that has tested both, or the only part without folds."""

    better: str
    worse: str
    parts: list[Part]
    num_folds: int | None  # of the comparison

    @property
    def seeds(self) -> list[int]:
        """The seeds of all parts; a seed may be missing in some."""
        return sorted({seed for part in self.parts for seed in part.seeds})

    @property
    def folds(self) -> list[int] | None:
        """The folds that have tested both; None without folds."""
        return [part.fold for part in self.parts if part.fold is not None] or None

    @property
    def of_images(self) -> NDArray[np.float64]:
        """The difference on each image (N,), mean over seeds, one part after the other."""
        differences = [
            np.subtract(part.better, part.worse, dtype=np.float64).mean(axis=0)
            for part in self.parts
        ]
        return np.concatenate(differences)

    def correct(self, seed: int) -> tuple[Correct, Correct]:
        """Which images of its parts the better network and the other get right after one seed."""
        rows = [
            (part.better[part.seeds.index(seed)], part.worse[part.seeds.index(seed)])
            for part in self.parts
            if seed in part.seeds
        ]
        better, worse = zip(*rows, strict=True)
        return np.concatenate(better), np.concatenate(worse)


def match_pair(results: ComparisonResults, first: str, second: str) -> Pair | None:
    """The trainings that two architectures share; None where there are not enough to test."""
    ours, theirs = results.predictions_of(first), results.predictions_of(second)
    common = [key for key in ours if key in theirs and ours[key].same_images(theirs[key])]
    parts = []
    for fold in sorted({fold for _, fold in common}, key=lambda fold: fold or 0):
        keys = [key for key in common if key[1] == fold]
        left, right = (np.stack([of[key].correct for key in keys]) for of in (ours, theirs))
        parts.append(Part(fold, [seed for seed, _ in keys], left, right))
    if len(parts) < (MIN_FOLDS if results.folds else 1):
        return None
    if np.mean([part.difference for part in parts]) < 0:
        first, second = second, first
        parts = [Part(part.fold, part.seeds, part.worse, part.better) for part in parts]
    return Pair(first, second, parts, results.folds)
