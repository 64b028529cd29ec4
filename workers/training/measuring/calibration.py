"""Calibration: whether predictions with a probability of 90 % are right nine times out of ten."""

import torch
from torch import Tensor

from workers.training.results import ReliabilityBin

NUM_BINS = 15  # of equal width, as in Guo et al. 2017


def reliability_bins(probabilities: Tensor, labels: Tensor) -> list[ReliabilityBin]:
    """Sort images by the probability of their predicted class into 15 bins (k/15, (k+1)/15].

    From probabilities (N, num_classes) and labels (N,); computed in float64.
    """
    confidence, predicted = probabilities.double().max(dim=1)
    correct = (predicted == labels).double()
    index = (confidence * NUM_BINS).ceil().long().clamp(1, NUM_BINS) - 1
    counts = torch.bincount(index, minlength=NUM_BINS)
    confidences = torch.bincount(index, weights=confidence, minlength=NUM_BINS) / counts
    accuracies = torch.bincount(index, weights=correct, minlength=NUM_BINS) / counts
    rows = zip(counts.tolist(), confidences.tolist(), accuracies.tolist(), strict=True)
    return [
        ReliabilityBin(images, confidence if images else None, accuracy if images else None)
        for images, confidence, accuracy in rows
    ]


def expected_calibration_error(bins: list[ReliabilityBin]) -> float:
    """Mean distance of confidence from accuracy over the bins, weighted by their images."""
    images = sum(each.images for each in bins)
    distances = (each.images * abs((each.confidence or 0) - (each.accuracy or 0)) for each in bins)
    return sum(distances) / images


def brier_score(probabilities: Tensor, labels: Tensor) -> float:
    """Mean over images of the squared error of the probabilities, summed over classes: 0 to 2."""
    errors = probabilities.double().clone()
    errors[torch.arange(len(labels)), labels] -= 1
    return float(errors.square().sum(dim=1).mean())
