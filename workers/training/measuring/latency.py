"""The one stopwatch for predictions: from images on the host to probabilities on the host."""

from collections.abc import Callable
from time import perf_counter

import numpy as np
import torch

from workers.training.hardware.device import device_name
from workers.training.results import Latency

WARM_UP_SECONDS = 0.1
MEASURE_SECONDS = 0.5
FEWEST_SAMPLES = 30
MOST_SAMPLES = 2000


def measure_latency(
    predict: Callable[[], object], *, engine: str, device: torch.device, batch_size: int
) -> Latency:
    """Call `predict`, which returns once probabilities are on the host, again and again.

    Warmed up first; p50, p90 and p99 in seconds over at least 30 calls and, past half a second, no
    more than it takes.
    """
    _repeat(predict, WARM_UP_SECONDS, fewest=3)
    samples = _repeat(predict, MEASURE_SECONDS, fewest=FEWEST_SAMPLES)
    p50, p90, p99 = np.percentile(samples, (50, 90, 99))
    return Latency(
        engine=engine,
        device=device_name(device),
        batch_size=batch_size,
        threads=torch.get_num_threads(),
        samples=len(samples),
        p50=float(p50),
        p90=float(p90),
        p99=float(p99),
    )


def _repeat(predict: Callable[[], object], seconds: float, *, fewest: int) -> list[float]:
    samples: list[float] = []
    begun = perf_counter()
    while len(samples) < MOST_SAMPLES:
        started = perf_counter()
        predict()
        ended = perf_counter()
        samples.append(ended - started)
        if ended - begun > seconds and len(samples) >= fewest:
            break
    return samples
