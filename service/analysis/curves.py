"""A metric by epoch or by seconds of training: the mean over an architecture's jobs, its spread, each job.

An answer to be drawn has as many points as a screen can show: `choose_points` takes those that shape
the curve.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

MAX_VALUES = 200_000  # of all jobs of an answer together, some 5 MB of JSON
MIN_POINTS = 10

Floats = NDArray[np.float64]


class JobCurve(BaseModel):
    """A metric of one job."""

    job_id: str
    seed: int
    fold: int | None = Field(description="that tests, from 1 to `folds`; null: the test split")
    values: list[float | None] = Field(
        description="at each of `epochs`; null: not trained so far, or not a finite number"
    )


class ArchitectureCurve(BaseModel):
    """A metric of one architecture over its jobs, one a seed, with folds one a seed and fold."""

    architecture: str
    epochs: list[int] = Field(description="that are shown, from 1")
    x: list[float | None] = Field(
        description="the epoch, or the seconds trained by its end, mean over jobs"
    )
    n: list[int] = Field(description="jobs with a value")
    mean: list[float | None]
    std: list[float | None] = Field(
        description="sample standard deviation, n − 1, by which the band of a chart lies above and below"
        " the mean; null: n < 2"
    )
    jobs: list[JobCurve]


@dataclass(frozen=True)
class MeasuredJob:
    """A job with the values of a metric, and the seconds of each epoch, each (epochs,); NaN: none."""

    job_id: str
    seed: int
    fold: int | None
    values: Floats
    seconds: Floats | None = None  # None: the curve is by epoch


def architecture_curve(
    architecture: str, measured: Sequence[MeasuredJob], *, points: int
) -> ArchitectureCurve:
    """The curve of at least one job, all with as many epochs, thinned to at most `points` of them."""
    table = np.stack([job.values for job in measured])
    trained = np.flatnonzero(np.isfinite(table).any(axis=0))
    num_epochs = int(trained[-1]) + 1 if len(trained) else 0
    table = table[:, :num_epochs]
    mean, std = mean_and_std(table)
    x = _axis(measured, num_epochs)
    chosen = choose_points(x, mean, points)
    return ArchitectureCurve(
        architecture=architecture,
        epochs=(chosen + 1).tolist(),
        x=as_json(x[chosen]),
        n=np.isfinite(table).sum(axis=0)[chosen].tolist(),
        mean=as_json(mean[chosen]),
        std=as_json(std[chosen]),
        jobs=[
            JobCurve(job_id=job.job_id, seed=job.seed, fold=job.fold, values=as_json(row[chosen]))
            for job, row in zip(measured, table, strict=True)
        ],
    )


def mean_and_std(table: Floats) -> tuple[Floats, Floats]:
    """Mean and sample standard deviation (epochs,) of jobs (jobs, epochs), NaN left out.

    A job that stopped earlier drops out; the deviation of a single job is NaN.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # epochs where every job is NaN
        return np.nanmean(table, axis=0), np.nanstd(table, axis=0, ddof=1)


def points_for(points: int, num_jobs: int) -> int:
    """How many of `points` each of so many jobs may have: all of them together MAX_VALUES."""
    return max(MIN_POINTS, min(points, MAX_VALUES // max(num_jobs, 1)))


def choose_points(x: Floats, y: Floats, count: int) -> NDArray[np.int64]:
    """Indices of at most `count` (three or more) points of a curve, its first and its last among them.

    Largest triangle three buckets (Steinarsson 2013): of each bucket the point that spans the largest
    triangle with the point chosen before it and with the mean of the bucket behind it.
    """
    size = len(x)
    if size <= count:
        return np.arange(size)
    x, y = _without_gaps(x), _without_gaps(y)
    edges = np.linspace(1, size - 1, count - 1).astype(np.int64)
    chosen = [0]
    for start, end, after in zip(edges[:-1], edges[1:], [*edges[2:], size], strict=True):
        left, right = x[end:after].mean() - x[chosen[-1]], y[end:after].mean() - y[chosen[-1]]
        across, up = x[start:end] - x[chosen[-1]], y[start:end] - y[chosen[-1]]
        chosen.append(int(start + np.abs(left * up - right * across).argmax()))
    return np.array([*chosen, size - 1])


def as_json(values: Floats) -> list[float | None]:
    """The numbers, None for those that are not finite."""
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _axis(measured: Sequence[MeasuredJob], num_epochs: int) -> Floats:
    """What the curve is drawn over (epochs,): epochs from 1, or seconds trained, mean over jobs."""
    seconds = [job.seconds[:num_epochs] for job in measured if job.seconds is not None]
    if not seconds:
        return np.arange(1.0, num_epochs + 1)
    return mean_and_std(np.cumsum(np.stack(seconds), axis=1))[0]


def _without_gaps(values: Floats) -> Floats:
    """The values with those that are not finite interpolated; zeros where none is finite."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.zeros(len(values))
    return np.interp(np.arange(len(values)), known, values[known])
