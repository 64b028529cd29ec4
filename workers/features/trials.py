"""Which engine computes the features of a dataset: each is tried on some images, the fastest is taken."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import torch
from torch import Tensor

from models import Backbone
from workers.features.description import Trial
from workers.features.extractors import Extractor, extractors

logger = logging.getLogger(__name__)

# From float32, in standard deviations of each feature. bfloat16 is above it for EfficientNet-Lite0: the
# probabilities of its heads, as they are served, differed from those evaluated by up to 0.16.
MAX_MEAN_DIFFERENCE = 0.01
MIN_UNIT = 1e-2  # of the standard deviation of all features


@dataclass(frozen=True)
class Choice:
    """The fastest extractor, and what came of each."""

    extractor: Extractor
    trials: list[Trial]


def choose(backbone: Backbone, device: torch.device, images: Tensor, batch_size: int) -> Choice:
    """Try every extractor on uint8 images (N, C, H, W), which bound what it costs.

    One that rounds features too coarsely for heads to be served in float32 is not taken.
    """
    expected: Tensor | None = None
    fastest: tuple[float, Extractor] | None = None
    trials = []
    for extractor in extractors(backbone, device, images):
        try:
            found, speed = _time(extractor, images.split(batch_size))
        except Exception:
            if expected is None:
                raise
            logger.exception("%s in %s is passed over", extractor.engine, extractor.precision)
            continue
        expected = found if expected is None else expected
        trials.append(_describe(extractor, speed, found, expected))
        is_fine = trials[-1].mean_difference < MAX_MEAN_DIFFERENCE
        if fastest is None or (is_fine and speed > fastest[0]):
            fastest = (speed, extractor)
    if fastest is None:
        raise AssertionError("torch computes in float32 on every device")
    return Choice(fastest[1], trials)


def _time(extractor: Extractor, batches: Sequence[Tensor]) -> tuple[Tensor, float]:
    """Features of all batches, and images per second."""
    extractor.extract(batches[0][:1])  # memory is allocated, and kernels are chosen
    started = perf_counter()
    found = torch.cat([extractor.extract(batch) for batch in batches])
    return found, len(found) / (perf_counter() - started)


def _describe(extractor: Extractor, speed: float, found: Tensor, expected: Tensor) -> Trial:
    # Of each feature, since heads see each in its own unit; one that hardly varies has no unit.
    units = expected.std(dim=0, correction=0)
    units = units.clamp_min(MIN_UNIT * max(float(expected.std(correction=0)), 1e-12))
    distance = (found - expected).abs() / units
    return Trial(
        engine=extractor.engine,
        precision=extractor.precision,
        images=len(found),
        images_per_second=speed,
        largest_difference=float(distance.max()),
        mean_difference=float(distance.mean()),
    )
