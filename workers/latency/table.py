"""How long a model takes: percentiles with confidence intervals, and how busy the machine was meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from workers.engines import Engine, Images
from workers.latency.machine_load import Load

WARM_UP_SECONDS = 0.3
LEAST_SECONDS = 1.0
FEWEST_SAMPLES = 1000  # from 368 on there is an upper bound of the p99 at all
MOST_SECONDS = 20.0  # whatever is slower has fewer samples, and wider intervals
CONFIDENCE = 0.95

Seconds = NDArray[np.float64]


@dataclass(frozen=True)
class LatencyRow:
    """One cell of engine × batch size × threads; times in seconds, from host to host.

    The intervals are of order statistics: no shape of the distribution is assumed, but that calls
    do not depend on each other. An end is null where there are too few samples to know it, and so
    is `others_busy`, the cores that other processes kept busy meanwhile, where that is not known.
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
    others_busy: float | None


def measure(engine: Engine, images: Images) -> LatencyRow:
    """Classify `images` (N, C, H, W) again and again, warmed up first."""

    def classify() -> object:
        return engine.classify(images)

    _seconds_of(classify, least_seconds=WARM_UP_SECONDS, fewest=3)
    load = Load()
    seconds = _seconds_of(classify, least_seconds=LEAST_SECONDS, fewest=FEWEST_SAMPLES)
    others_busy = load.of_others()
    p50, p90, p99 = (float(one) for one in np.percentile(seconds, (50, 90, 99)))
    p50_low, p50_high = interval(seconds, 0.5)
    p99_low, p99_high = interval(seconds, 0.99)
    return LatencyRow(
        engine=engine.name,
        device=engine.device,
        batch_size=len(images),
        threads=engine.threads,
        samples=len(seconds),
        p50=p50,
        p50_low=p50_low,
        p50_high=p50_high,
        p90=p90,
        p99=p99,
        p99_low=p99_low,
        p99_high=p99_high,
        images_per_second=len(images) * len(seconds) / float(seconds.sum()),
        others_busy=others_busy,
    )


def interval(
    samples: Seconds | Sequence[float], quantile: float, *, confidence: float = CONFIDENCE
) -> tuple[float | None, float | None]:
    """Ends of a distribution-free confidence interval of a quantile.

    The number of samples below the true quantile is binomial, which says between which two of the
    sorted samples it lies. See Conover, Practical Nonparametric Statistics, 3.2.
    """
    ordered = np.sort(samples)
    tail = (1 - confidence) / 2
    low = int(binom.ppf(tail, len(ordered), quantile))
    high = int(binom.ppf(1 - tail, len(ordered), quantile)) + 1
    return (
        float(ordered[low - 1]) if low >= 1 else None,
        float(ordered[high - 1]) if high <= len(ordered) else None,
    )


def _seconds_of(act: Callable[[], object], *, least_seconds: float, fewest: int) -> Seconds:
    """How long each of many calls took."""
    samples: list[float] = []
    begun = perf_counter()
    while True:
        started = perf_counter()
        act()
        ended = perf_counter()
        samples.append(ended - started)
        elapsed = ended - begun
        if elapsed >= MOST_SECONDS or (elapsed >= least_seconds and len(samples) >= fewest):
            return np.array(samples)
