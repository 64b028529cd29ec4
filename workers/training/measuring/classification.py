"""Scores of a classifier's probabilities: confusion matrix, ROC, AUC, precision, recall, F1.

torchmetrics computes them. It imports torchvision; both are imported inside the functions that use
them, because this package must import where only torch is installed.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from models._torchvision import import_torchvision
from workers.training.results import ClassScore, RocCurve

MAX_POINTS = 200  # of a ROC curve that is kept for drawing


def confusion_matrix(probabilities: Tensor, labels: Tensor) -> list[list[int]]:
    """Counts of test images, [true class][predicted class]."""
    import_torchvision()
    from torchmetrics.functional.classification import multiclass_confusion_matrix

    counts = multiclass_confusion_matrix(probabilities, labels, probabilities.shape[1])
    rows: list[list[int]] = counts.tolist()
    return rows


def roc_curves(probabilities: Tensor, labels: Tensor, classes: Sequence[str]) -> list[RocCurve]:
    """One-vs-rest ROC curve and AUC of each class, thinned to 200 points for drawing."""
    import_torchvision()
    from torchmetrics.functional.classification import binary_auroc, binary_roc

    curves = []
    for index, name in enumerate(classes):
        positive = (labels == index).int()
        if positive.min() == positive.max():  # the class is absent, or there is nothing else
            curves.append(RocCurve(name, [], [], None))
            continue
        false_positive, true_positive, _ = binary_roc(probabilities[:, index], positive)
        points = _thin(false_positive, true_positive)
        auc = float(binary_auroc(probabilities[:, index], positive))
        curves.append(RocCurve(name, points[0].tolist(), points[1].tolist(), auc))
    return curves


def macro_auc(curves: Sequence[RocCurve]) -> float | None:
    """The mean AUC over the classes that have one; None where no class has."""
    known = [curve.auc for curve in curves if curve.auc is not None]
    return math.fsum(known) / len(known) if known else None


def class_scores(
    probabilities: Tensor, labels: Tensor, curves: Sequence[RocCurve]
) -> list[ClassScore]:
    """Precision, recall, F1, AUC and number of test images of every class.

    A class without test images has no recall, no F1 and no AUC.
    """
    import_torchvision()
    from torchmetrics.functional import classification

    arguments: dict[str, Any] = {"num_classes": probabilities.shape[1], "average": "none"}
    columns = zip(
        curves,
        classification.multiclass_precision(probabilities, labels, **arguments).tolist(),
        classification.multiclass_recall(probabilities, labels, **arguments).tolist(),
        classification.multiclass_f1_score(probabilities, labels, **arguments).tolist(),
        torch.bincount(labels, minlength=probabilities.shape[1]).tolist(),
        strict=True,
    )
    return [
        ClassScore(
            curve.name,
            precision,
            recall if support else None,
            f1 if support else None,
            curve.auc,
            support,
        )
        for curve, precision, recall, f1, support in columns
    ]


def _thin(x: Tensor, y: Tensor) -> Tensor:
    # Points evenly spaced along the curve, so that its corner stays sharp; both ends are kept.
    points = torch.stack([x, y])
    if points.shape[1] <= MAX_POINTS:
        return points
    steps = points.diff(dim=1).abs().sum(dim=0)
    length = torch.cat([torch.zeros(1), steps.cumsum(0)])
    wanted = torch.linspace(0, float(length[-1]), MAX_POINTS)
    indices = torch.searchsorted(length, wanted).clamp(max=points.shape[1] - 1).unique()
    return points[:, indices]
