"""A number of several trainings: its mean, and how sure it is."""

import statistics
from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import BaseModel, Field
from scipy import stats

from service.analysis.hypothesis_tests.folds import corrected_variance

CONFIDENCE = 0.95


class Estimate(BaseModel):
    """Mean over n trainings: one for each seed, with folds one for each seed and fold.

    With one seed, and with one fold, nothing is known of others: the interval is null. With one training
    there is no std either.
    """

    n: int
    mean: float | None
    std: float | None = Field(None, description="sample standard deviation over all n, n − 1")
    low: float | None = Field(None, description="lower end of the 95 % confidence interval")
    high: float | None = Field(None, description="upper end of the 95 % confidence interval")

    @property
    def interval(self) -> tuple[float, float] | None:
        """The confidence interval, where one is known."""
        return (self.low, self.high) if self.low is not None and self.high is not None else None


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of `values`, one a seed, with Student's t interval for it."""
    n = len(values)
    if n < 2:  # noqa: PLR2004 - no spread
        return _without_interval(values)
    return _with_interval(
        values, variance=statistics.variance(values) / n, degrees_of_freedom=n - 1
    )


def estimate_over_folds(by_fold: Mapping[int, Sequence[float]], *, num_folds: int) -> Estimate:
    """The mean of all values of some of `num_folds` folds, one for each seed of a fold.

    The interval is that of the corrected resampled t test: the seeds of a fold are averaged first.
    """
    values = [value for of_fold in by_fold.values() for value in of_fold]
    if len(by_fold) < 2:  # noqa: PLR2004 - no spread
        return _without_interval(values)
    of_folds = np.array([statistics.fmean(of_fold) for of_fold in by_fold.values()])
    variance = corrected_variance(of_folds, num_folds=num_folds)
    return _with_interval(values, variance=variance, degrees_of_freedom=len(by_fold) - 1)


def _without_interval(values: Sequence[float]) -> Estimate:
    mean = statistics.fmean(values) if values else None
    std = statistics.stdev(values) if len(values) > 1 else None
    return Estimate(n=len(values), mean=mean, std=std)


def _with_interval(values: Sequence[float], variance: float, degrees_of_freedom: int) -> Estimate:
    """Of values whose mean has this variance, estimated with so many degrees of freedom."""
    found = _without_interval(values)
    critical = float(stats.t.ppf((1 + CONFIDENCE) / 2, degrees_of_freedom))
    mean, half = statistics.fmean(values), critical * variance**0.5
    return found.model_copy(update={"low": mean - half, "high": mean + half})
