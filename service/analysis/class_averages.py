"""Scores in which every class counts the same, however many test images it has.

They follow from the confusion matrix, which is stored with every result, those of earlier versions too.
"""

from collections.abc import Sequence

import numpy as np

ConfusionMatrix = Sequence[Sequence[int]]  # test images, [true class][predicted class]


def balanced_accuracy(confusion_matrix: ConfusionMatrix) -> float:
    """The mean recall over the classes that have test images."""
    counts = np.asarray(confusion_matrix)
    supports = counts.sum(axis=1)
    has_images = supports > 0
    return float(np.mean(counts.diagonal()[has_images] / supports[has_images]))


def macro_f1(confusion_matrix: ConfusionMatrix) -> float:
    """The mean F1 over the classes that have test images."""
    counts = np.asarray(confusion_matrix)
    supports = counts.sum(axis=1)
    has_images = supports > 0
    f1 = 2 * counts.diagonal()[has_images] / (supports + counts.sum(axis=0))[has_images]
    return float(np.mean(f1))
