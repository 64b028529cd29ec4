"""The size of a network for the images of a dataset, counted without making any of its numbers."""

import functools
import json
from collections.abc import Mapping
from typing import Any

import torch

from models import ImageShape, architectures
from workers.training.measuring.network_summary import ArchitectureSummary, summarise


def size_of(
    architecture: str, options: Mapping[str, Any], shape: ImageShape, num_classes: int
) -> ArchitectureSummary | None:
    """Parameters, FLOPs and layers of a network with options as they are stored.

    UnfitNetworkError where it does not take the images; None where it runs on numbers alone. A large
    network takes a third of a second the first time, and is remembered.
    """
    return _size(architecture, json.dumps(options, sort_keys=True), shape, num_classes)


@functools.lru_cache(maxsize=256)
def _size(
    architecture: str, options: str, shape: ImageShape, num_classes: int
) -> ArchitectureSummary | None:
    network = architectures.build_on_meta(architecture, shape, num_classes, json.loads(options))
    if network is None:
        return None
    with torch.device("meta"):
        return summarise(network, shape)
