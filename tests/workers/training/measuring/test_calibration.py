"""Calibration agrees with torchmetrics and scikit-learn."""

import pytest
import torch
from sklearn.metrics import brier_score_loss

from models._torchvision import import_torchvision
from workers.training.measuring.calibration import (
    brier_score,
    expected_calibration_error,
    reliability_bins,
)

import_torchvision()
from torchmetrics.functional.classification import multiclass_calibration_error  # noqa: E402


@pytest.mark.parametrize(("classes", "sharpness"), [(2, 1.0), (10, 3.0), (10, 0.1), (100, 5.0)])
def test_calibration_is_that_of_torchmetrics_and_scikit_learn(
    classes: int, sharpness: float
) -> None:
    generator = torch.Generator().manual_seed(classes)
    logits = sharpness * torch.randn(2000, classes, generator=generator)
    labels = torch.randint(classes, (2000,), generator=generator)
    probabilities = logits.double().softmax(dim=1)

    bins = reliability_bins(probabilities, labels)

    theirs = multiclass_calibration_error(probabilities, labels, classes, n_bins=15, norm="l1")
    assert expected_calibration_error(bins) == pytest.approx(float(theirs), abs=1e-6)
    brier = brier_score_loss(
        labels, probabilities, labels=list(range(classes)), scale_by_half=False
    )
    assert brier_score(probabilities, labels) == pytest.approx(brier, rel=1e-6)
    assert sum(each.images for each in bins) == 2000


def test_certainty_that_is_right_is_perfect_and_in_the_last_bin() -> None:
    probabilities = torch.eye(3)
    labels = torch.arange(3)

    bins = reliability_bins(probabilities, labels)

    assert (bins[-1].images, bins[-1].confidence, bins[-1].accuracy) == (3, 1.0, 1.0)
    assert bins[0].confidence is None
    assert expected_calibration_error(bins) == 0
    assert brier_score(probabilities, labels) == 0


def test_scoring_leaves_the_probabilities_as_they_are() -> None:
    probabilities = torch.full((4, 2), 0.5, dtype=torch.float64)

    brier_score(probabilities, torch.zeros(4, dtype=torch.long))

    assert probabilities.eq(0.5).all()
