"""The epoch from which a network overfits its train images, and its generalisation gap.

The epoch from which it overfits is that of the lowest validation loss (mean over trainings,
found through a running median of three epochs, so that one lucky epoch decides nothing), provided that

- after it the validation losses of the trainings rise: Mann and Kendall's exact test, p ≤ 0.05,
- from it on their train losses fall, by the same test,
- the mean validation loss ends more than 2 % above where it was lowest.

Else there is none within the epochs trained.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from service.analysis.hypothesis_tests.trend import falling_p, rising_p
from service.analysis.results import ComparisonResults, Run

LEVEL = 0.05
MIN_RISE = 0.02  # of the lowest validation loss

Curves = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Onset:
    """Where overfitting begins: the epoch (from 1), the rise after it as a share, and its p."""

    epoch: int
    rise: float
    p: float


class Overfitting(BaseModel):
    """One architecture over its trainings: one for each seed, with folds one for each seed and fold."""

    architecture: str
    epoch: int | None = Field(description="from which it overfits; null: not within the epochs")
    epochs: int = Field(description="in every training")
    rise: float | None = Field(description="of the validation loss since, as a share of it")
    p: float | None = Field(description="that the validation losses merely scatter after it")
    loss_gap: list[float | None] = Field(description="test loss minus train loss after each epoch")
    accuracy_gap: list[float | None] = Field(description="train accuracy minus test accuracy")


def overfitting(results: ComparisonResults) -> list[Overfitting]:
    """Every architecture that has trained at least one epoch, in the order asked for."""
    trained = {
        architecture: [run for run in results.runs_of(architecture) if run.curve("validation_loss")]
        for architecture in results.architectures
    }
    return [_overfitting(architecture, runs) for architecture, runs in trained.items() if runs]


def onset(train_losses: Curves, validation_losses: Curves) -> Onset | None:
    """Where overfitting begins in the curves of several trainings, all of one length; None if it does not."""
    mean = np.nan_to_num(np.mean(validation_losses, axis=0), nan=math.inf)
    lowest = _lowest(mean)
    after = [list(curve[lowest + 1 :]) for curve in validation_losses]
    p = rising_p(after)
    rise = float(mean[-1] / mean[lowest] - 1)
    falls = falling_p([list(curve[lowest:]) for curve in train_losses]) <= LEVEL
    if p <= LEVEL and falls and MIN_RISE < rise < math.inf:
        return Onset(lowest + 1, rise, p)
    return None


def _overfitting(architecture: str, runs: list[Run]) -> Overfitting:
    epochs = min(len(run.curve("validation_loss")) for run in runs)
    train, validation, test, train_accuracy, test_accuracy = (
        [run.curve(name)[:epochs] for run in runs]
        for name in (
            "train_loss",
            "validation_loss",
            "test_loss",
            "train_accuracy",
            "test_accuracy",
        )
    )
    start = onset(train, validation)
    return Overfitting(
        architecture=architecture,
        epoch=start.epoch if start else None,
        epochs=epochs,
        rise=start.rise if start else None,
        p=start.p if start else None,
        loss_gap=_gap(test, train),
        accuracy_gap=_gap(train_accuracy, test_accuracy),
    )


def _lowest(mean: NDArray[np.float64]) -> int:
    """The index of the lowest value near the lowest running median of three."""
    medians = [float(np.median(mean[max(0, i - 1) : i + 2])) for i in range(len(mean))]
    start = max(0, int(np.argmin(medians)) - 1)
    return start + int(np.argmin(mean[start : start + 3]))


def _gap(upper: Curves, lower: Curves) -> list[float | None]:
    gaps = np.subtract(upper, lower).mean(axis=0)
    return [float(gap) if math.isfinite(gap) else None for gap in gaps]
