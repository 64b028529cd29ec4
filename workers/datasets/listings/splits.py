"""Which images are for training, validation and test, where an upload does not say.

The rule has a name, which is part of a dataset's identity: the same images, split by another rule,
are another dataset to train on.
"""

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SEED = 20_220_401  # fixed: every job of every comparison sees the same split
VALIDATION_SHARE = 0.1  # of what is for training
TEST_SHARE = 0.2  # of everything, where nothing is for testing

GIVEN = "given"  # every split is as the upload has it


def rule(*, holds_out_validation: bool, test_share: float | None) -> str:
    """The name of a rule: what is held out, in percent."""
    parts = []
    if test_share is not None:
        parts.append(f"test{test_share * 100:g}")
    if holds_out_validation:
        parts.append(f"validation{VALIDATION_SHARE * 100:g}")
    return "-".join(["stratified", *parts]) if parts else GIVEN


def hold_out(labels: Sequence[int] | NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Which images (N,) are held out: `share` of all, and of each class as nearly as whole images allow.

    A class of two or more images keeps at least one that is not held out, and at least one image is
    held out wherever some class has two.
    """
    labels = np.asarray(labels, np.int64)
    held_out = np.zeros(len(labels), np.bool_)
    # Python promises the same random() from the same seed for ever, which NumPy does not.
    generator = random.Random(SEED)  # noqa: S311 - no secret
    order = np.argsort([generator.random() for _ in range(len(labels))])
    classes, counts = np.unique(labels, return_counts=True)
    for label, count in zip(classes, _quotas(counts, share), strict=True):
        of_class = order[labels[order] == label]
        held_out[of_class[:count]] = True
    return held_out


def _quotas(counts: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """How many images of each class are held out: the largest remainders are rounded up."""
    exact = counts * share
    most = np.minimum(np.maximum(counts - 1, 0), np.ceil(exact).astype(np.int64))
    quotas: NDArray[np.int64] = np.minimum(np.floor(exact).astype(np.int64), most)
    wanted = min(max(1, round(float(counts.sum() * share))), int(most.sum()))
    by_remainder = np.argsort(-(exact - quotas), kind="stable")
    for index in by_remainder:
        if quotas.sum() < wanted and quotas[index] < most[index]:
            quotas[index] += 1
    return quotas
