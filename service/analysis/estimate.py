"""A number seen several times: its mean, and how sure it is."""

import statistics
from collections.abc import Sequence

from pydantic import BaseModel, Field
from scipy import stats

CONFIDENCE = 0.95


class Estimate(BaseModel):
    """Mean over n seeds. With one seed no spread is known: std and the interval are null."""

    n: int
    mean: float | None
    std: float | None = Field(None, description="sample standard deviation, n − 1")
    low: float | None = Field(None, description="lower end of the 95 % confidence interval")
    high: float | None = Field(None, description="upper end of the 95 % confidence interval")

    @property
    def interval(self) -> tuple[float, float] | None:
        """The confidence interval, where one is known."""
        return (self.low, self.high) if self.low is not None and self.high is not None else None


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of `values`, with Student's t interval for it."""
    n = len(values)
    if n == 0:
        return Estimate(n=0, mean=None)
    mean = statistics.fmean(values)
    if n == 1:
        return Estimate(n=1, mean=mean)
    std = statistics.stdev(values)
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, n - 1)) * std / n**0.5
    return Estimate(n=n, mean=mean, std=std, low=mean - half, high=mean + half)
