"""Two sources of chance: which images were tested on, and which seeds were trained with.

The mean difference of two architectures would have been another with other test images and another
with other seeds. Its variance is estimated as the sum of both, each with its own degrees of freedom:
many images, few seeds. The sum counts the part that images and seeds share twice; it errs towards
caution. Three seeds therefore never count for more than three, however many images each has seen.
"""

import numpy as np
from numpy.typing import NDArray

from service.analysis.hypothesis_tests.mean_difference import MeanDifference, Source


def over_images_and_seeds(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> MeanDifference:
    """How much more often `first` is correct than `second`: (..., S, N), seeds matched, images paired.

    With one seed nothing is known of other seeds, and images are the only source of chance. One flip
    is added on either side, half an image each, so that networks which never differ on the images at
    hand are not taken to be equal on all others.
    """
    differences = np.subtract(first, second, dtype=np.float64)
    num_seeds, num_images = differences.shape[-2:]
    of_images = differences.mean(axis=-2)
    spread = num_images * of_images.var(axis=-1) + 1
    sources = [Source(spread / num_images**2, max(1, num_images - 1))]
    if num_seeds > 1:
        of_seeds = differences.mean(axis=-1)
        sources.append(Source(of_seeds.var(axis=-1, ddof=1) / num_seeds, num_seeds - 1))
    return MeanDifference(of_images.mean(axis=-1), tuple(sources))
