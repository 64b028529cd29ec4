"""Latency of a prediction, from images on the host to probabilities on the host."""

from collections.abc import Callable
from time import perf_counter

import torch

from workers.training.hardware.device import device_name
from workers.training.results import Latency

WARM_UP_SECONDS = 0.1
MEASURE_SECONDS = 0.5
MIN_SAMPLES = 30
MAX_SECONDS = 2.0  # for a network so slow that the fewest samples would take longer
MAX_SAMPLES = 2000


def measure_latency(
    predict: Callable[[], object], *, engine: str, device: torch.device, batch_size: int
) -> Latency:
    """Time calls of `predict`, which returns when the probabilities are on the host.

    After a warm-up it is called for half a second, at least 30 and at most 2,000 times; where 30 calls
    take longer than two seconds, as often as it is in those. p50, p90 and p99 are in seconds.
    """
    _repeat(predict, WARM_UP_SECONDS, fewest=3)
    samples = _repeat(predict, MEASURE_SECONDS, fewest=MIN_SAMPLES)
    quantiles = torch.tensor((0.5, 0.9, 0.99), dtype=torch.float64)
    p50, p90, p99 = torch.tensor(samples, dtype=torch.float64).quantile(quantiles).tolist()
    return Latency(
        engine=engine,
        device=device_name(device),
        batch_size=batch_size,
        threads=torch.get_num_threads(),
        samples=len(samples),
        p50=p50,
        p90=p90,
        p99=p99,
    )


def _repeat(predict: Callable[[], object], seconds: float, *, fewest: int) -> list[float]:
    samples: list[float] = []
    begun = perf_counter()
    while len(samples) < MAX_SAMPLES:
        started = perf_counter()
        predict()
        ended = perf_counter()
        samples.append(ended - started)
        is_enough = ended - begun > seconds and len(samples) >= fewest
        if is_enough or ended - begun > MAX_SECONDS:
            break
    return samples
