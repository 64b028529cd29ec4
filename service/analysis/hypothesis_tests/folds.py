"""The corrected resampled t test: what cross-validation shows of other train and test images.

The differences of k folds scatter less than those of k independent data sets would, since any two
folds share most of their train images. s² / k, the variance that the ordinary t test takes, is
therefore too small, and the test claims differences too often. Nadeau and Bengio ("Inference for the
Generalization Error", Machine Learning 52, 2003) take

    variance of the mean = (1 / k + n_test / n_train) · s²

with Student's t of k - 1 degrees of freedom.
"""

import numpy as np
from numpy.typing import NDArray

from service.analysis.hypothesis_tests.mean_difference import MeanDifference, Source

#: Of the images that a fold does not test: nothing is trained on them. As workers.datasets.listings.splits
#: has it, which analysis does not import; a test holds the two together.
VALIDATION_SHARE = 0.1

Floats = NDArray[np.float64]


def over_folds(differences: Floats, *, num_folds: int, num_images: int) -> MeanDifference:
    """The mean of the differences (K,) of accuracy on K ≥ 2 of `num_folds` folds, `num_images` in all.

    One flip is added on either side, half an image each: K / num_images² in the variance of a fold.
    Folds are small and their differences few numbers, so that they are sometimes all the same by
    chance; that must not pass for certainty.
    """
    flip = len(differences) / num_images**2
    variance = (differences.var(ddof=1) + flip) * _share(len(differences), num_folds)
    return MeanDifference(float(differences.mean()), (Source(variance, len(differences) - 1),))


def corrected_variance(values: Floats, *, num_folds: int) -> float:
    """The variance of the mean of `values` (K,) of K ≥ 2 of `num_folds` folds."""
    return float(values.var(ddof=1) * _share(len(values), num_folds))


def _share(tested: int, num_folds: int) -> float:
    """Of s², the part that is the variance of the mean of the folds that have tested."""
    return 1 / tested + images_tested_per_trained(num_folds)


def images_tested_per_trained(num_folds: int) -> float:
    """Test images for each image that a fold trains on, where a part of the others is for validation."""
    return 1 / ((num_folds - 1) * (1 - VALIDATION_SHARE))
