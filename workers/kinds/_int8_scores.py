"""What is stored of the probabilities of an int8 model and of its original on the same images."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.engines import Probabilities
from workers.training.final_evaluation import quality
from workers.training.measuring.evaluation import score_of

SMALLEST = torch.finfo(torch.float32).tiny  # a probability of zero has no logarithm


def paired_scores(
    original: Probabilities, int8: Probabilities, labels: Tensor, classes: Sequence[str]
) -> dict[str, Any]:
    """Scores of both on test images with `labels` (N,), from probabilities (N, num_classes), for JSON.

    Those of the int8 model have the names that they have in the result of a training.
    """
    return {
        "test": score(int8, labels),
        "original_test": score(original, labels),
        "right": _count_right(original, int8, labels.numpy()),
        "different_labels": int((original.argmax(axis=1) != int8.argmax(axis=1)).sum()),
        "max_probability_difference": float(np.abs(original - int8).max()),
        **_plain(quality(torch.from_numpy(int8), labels, classes)),
    }


def score(probabilities: Probabilities, labels: Tensor) -> dict[str, Any]:
    """Loss, accuracy and number of images, for JSON."""
    logits = torch.from_numpy(probabilities).clamp_min(SMALLEST).log()
    return dataclasses.asdict(score_of(logits, labels))


def _count_right(
    original: Probabilities, int8: Probabilities, labels: NDArray[np.int64]
) -> dict[str, int]:
    """How many images both models get right, one of them alone, and neither."""
    first, second = original.argmax(axis=1) == labels, int8.argmax(axis=1) == labels
    return {
        "both": int((first & second).sum()),
        "original": int((first & ~second).sum()),
        "int8": int((second & ~first).sum()),
        "neither": int((~first & ~second).sum()),
    }


def _plain(value: Any) -> Any:
    """A value as JSON takes it: dataclasses become dicts."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    is_row = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return dataclasses.asdict(value) if is_row else value
