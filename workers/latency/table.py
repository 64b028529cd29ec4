"""One row of a latency table: percentiles with confidence intervals, and the load of the machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from workers.engines import Engine, Images
from workers.latency.machine_load import Load

WARM_UP_SECONDS = 0.3
MIN_SECONDS = 1.0
MIN_SAMPLES = 1000  # with fewer than 368 the p99 has no upper bound
MAX_SECONDS = 20.0  # what is slower has fewer samples and wider intervals
ROUNDS = 8  # of turns; with fewer than 6 samples a median has no interval
IN_TURN_SECONDS = 2.0  # for each engine, over all rounds
CONFIDENCE = 0.95

Seconds = NDArray[np.float64]


@dataclass(frozen=True)
class LatencyRow:
    """One combination of engine, batch size and threads; times in seconds, from host to host.

    The confidence intervals come from order statistics: they assume that calls are independent, and
    no shape of the distribution. An end is None where there are too few samples for it.
    """

    engine: str
    device: str
    batch_size: int
    threads: int
    samples: int
    p50: float
    p50_low: float | None
    p50_high: float | None
    p90: float
    p99: float
    p99_low: float | None
    p99_high: float | None
    images_per_second: float  # one batch after the other
    others_busy: float  # cores that other processes kept busy meanwhile, on average


def measure(engine: Engine, images: Images) -> LatencyRow:
    """Time repeated calls of an engine with `images` (N, C, H, W), after a warm-up."""
    _seconds_of(engine, images, min_seconds=WARM_UP_SECONDS, min_samples=3)
    load = Load()
    seconds = _seconds_of(engine, images, min_seconds=MIN_SECONDS, min_samples=MIN_SAMPLES)
    return _row(engine, len(images), seconds, load.of_others())


def measure_in_turn(engines: Sequence[Engine], images: Images) -> list[LatencyRow]:
    """Time engines with the same images (N, C, H, W) in short turns: what else runs slows them alike.

    A turn takes a quarter of a second, or a single call that is longer.
    """
    for engine in engines:
        _seconds_of(engine, images, min_seconds=WARM_UP_SECONDS, min_samples=1)
    load = Load()
    turns: list[list[Seconds]] = [[] for _ in engines]
    for _ in range(ROUNDS):
        for engine, of_engine in zip(engines, turns, strict=True):
            seconds = IN_TURN_SECONDS / ROUNDS
            of_engine.append(_seconds_of(engine, images, min_seconds=seconds, min_samples=1))
    others_busy = load.of_others()
    return [
        _row(engine, len(images), np.concatenate(of_engine), others_busy)
        for engine, of_engine in zip(engines, turns, strict=True)
    ]


def _row(engine: Engine, batch_size: int, seconds: Seconds, others_busy: float) -> LatencyRow:
    p50, p90, p99 = np.percentile(seconds, (50, 90, 99)).tolist()
    p50_low, p50_high = interval(seconds, 0.5)
    p99_low, p99_high = interval(seconds, 0.99)
    return LatencyRow(
        engine=engine.name,
        device=engine.device,
        batch_size=batch_size,
        threads=engine.threads,
        samples=len(seconds),
        p50=p50,
        p50_low=p50_low,
        p50_high=p50_high,
        p90=p90,
        p99=p99,
        p99_low=p99_low,
        p99_high=p99_high,
        images_per_second=batch_size * len(seconds) / float(seconds.sum()),
        others_busy=others_busy,
    )


def interval(
    samples: Seconds | Sequence[float], quantile: float, *, confidence: float = CONFIDENCE
) -> tuple[float | None, float | None]:
    """The ends of a distribution-free confidence interval of a quantile; None where not known.

    The number of samples below the true quantile has a binomial distribution, which tells between
    which two of the sorted samples the quantile lies. See Conover, Practical Nonparametric
    Statistics, 3.2.
    """
    from scipy.stats import binom  # imported here: it takes 60 MiB, which no training needs

    ordered = np.sort(samples)
    tail = (1 - confidence) / 2
    low = int(binom.ppf(tail, len(ordered), quantile))
    high = int(binom.ppf(1 - tail, len(ordered), quantile)) + 1
    return (
        float(ordered[low - 1]) if low >= 1 else None,
        float(ordered[high - 1]) if high <= len(ordered) else None,
    )


def _seconds_of(engine: Engine, images: Images, *, min_seconds: float, min_samples: int) -> Seconds:
    """The seconds of each of many calls."""
    samples: list[float] = []
    begun = perf_counter()
    while True:
        started = perf_counter()
        engine.classify(images)
        ended = perf_counter()
        samples.append(ended - started)
        elapsed = ended - begun
        if elapsed >= MAX_SECONDS or (elapsed >= min_seconds and len(samples) >= min_samples):
            return np.array(samples)
