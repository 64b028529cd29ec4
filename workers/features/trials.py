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

MAX_DIFFERENCE = (
    0.01  # from torch, in standard deviations of each feature; rounding gives about 1e-5
)
MIN_UNIT = 1e-2  # of the standard deviation of all features


@dataclass(frozen=True)
class Choice:
    """The fastest extractor, and what came of each."""

    extractor: Extractor
    trials: list[Trial]


def choose(backbone: Backbone, device: torch.device, images: Tensor, batch_size: int) -> Choice:
    """Try every extractor on uint8 images (N, C, H, W), which bound what it costs.

    One whose features are others than torch's is not taken: a head is served by another engine than the
    one that computed what it was trained on.
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
            logger.exception("%s is passed over", extractor.engine)
            continue
        expected = found if expected is None else expected
        trials.append(_describe(extractor, speed, found, expected))
        is_fine = trials[-1].largest_difference < MAX_DIFFERENCE
        if fastest is None or (is_fine and speed > fastest[0]):
            fastest = (speed, extractor)
    if fastest is None:
        raise AssertionError("torch computes on every device")
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
        images=len(found),
        images_per_second=speed,
        largest_difference=float(distance.max()),
    )
