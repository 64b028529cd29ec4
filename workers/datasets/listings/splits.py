"""Which images are for training, validation and test: where an upload does not say, and in a fold.

The rule has a name, which is part of a dataset's identity: the same images, split by another rule,
are another dataset to train on.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.datasets.content import ContentError
from workers.datasets.seed import SEED

VALIDATION_SHARE = 0.1  # of what is for training
TEST_SHARE = 0.2  # of everything, where nothing is for testing

GIVEN = "given"  # every split is as the upload has it


class Fold(NamedTuple):
    """One of the parts of a dataset that test in turn, in k-fold cross-validation."""

    number: int  # from 1
    folds: int  # how many there are

    @property
    def name(self) -> str:
        """The name of its split, such as `fold2of5`."""
        return f"fold{self.number}of{self.folds}"

    @classmethod
    def of(cls, number: int | None, folds: int | None) -> "Fold | None":
        """The fold of a job or a model, from its columns; None: the dataset's own splits."""
        return None if number is None or folds is None else cls(number, folds)


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
    order = _random_order(len(labels))
    classes, counts = np.unique(labels, return_counts=True)
    for label, count in zip(classes, _quotas(counts, share), strict=True):
        of_class = order[labels[order] == label]
        held_out[of_class[:count]] = True
    return held_out


def fold_numbers(labels: Sequence[int] | NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """Which fold (N,), from 1 to `folds`, tests each image.

    The images of each class are dealt out at random, and the next class goes on where the last one
    ended: so folds differ by at most one image, in each class and as a whole.
    """
    labels = np.asarray(labels, np.int64)
    order = _random_order(len(labels))
    dealt = order[np.argsort(labels[order], kind="stable")]
    numbers = np.empty(len(labels), np.int64)
    numbers[dealt] = np.arange(len(labels)) % folds + 1
    return numbers


def rows_of_fold(labels: NDArray[np.int64], fold: Fold) -> dict[str, NDArray[np.int64]]:
    """Split → its images in a fold, ascending: one part tests, and a tenth of the others validates."""
    is_test = fold_numbers(labels, fold.folds) == fold.number
    others = np.flatnonzero(~is_test)
    is_held_out = hold_out(labels[others], VALIDATION_SHARE)
    return {
        "train": others[~is_held_out],
        "validation": others[is_held_out],
        "test": np.flatnonzero(is_test),
    }


def refuse_too_few_for_folds(labels: NDArray[np.int64], classes: Sequence[str], folds: int) -> None:
    """ContentError unless every fold has images to test, to validate and to learn every class from."""
    counts = np.bincount(labels, minlength=len(classes))
    single = [classes[label] for label in np.flatnonzero(counts == 1).tolist()]
    if single:
        names = ", ".join(repr(name) for name in single[:5])
        raise ContentError(
            "with folds every class needs at least 2 images: the fold that tests a single image has"
            f" none left to train on; there is a single image of: {names}"
        )
    if len(labels) < folds:
        raise ContentError(
            f"{folds} folds need at least {folds} images, and there are {len(labels)}"
        )
    largest = int(counts.max())
    if largest - -(-largest // folds) < 2:  # noqa: PLR2004 - one to train on, one to validate with
        raise ContentError(
            f"no validation split can be held out of the train images of {folds} folds: the largest"
            f" class has {largest} images; at least one class needs 4"
        )


def _random_order(count: int) -> NDArray[np.int64]:
    """The numbers below `count` in random order, which is the same in every version."""
    # Python promises the same random() from the same seed for ever, which NumPy does not.
    generator = random.Random(SEED)  # noqa: S311 - no secret
    return np.argsort([generator.random() for _ in range(count)])


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
