"""Which image of a listing goes into which split, and into which row of the prepared file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.datasets.content import ContentError
from workers.datasets.listings import splits
from workers.datasets.listings.listing import SPLITS, SplitName


@dataclass(frozen=True)
class Assignment:
    """The rows of a prepared file: train first, then validation, then test."""

    order: NDArray[np.int64]  # (N,): for each row the position of its image in the listing
    sizes: dict[str, int]  # split → number of rows
    rule: str  # the name of the rule by which it was split


def assign(
    given: Sequence[SplitName | None], labels: NDArray[np.int64], test_share: float | None
) -> Assignment:
    """Follow the splits that are given, and hold out those that are missing, class by class.

    `given` and `labels` (N,) are those of each image. ContentError where nothing can be held out.
    """
    names = np.array([split or "train" for split in given], dtype="U10")
    has_test, has_validation = (bool(np.any(names == split)) for split in ("test", "validation"))
    if has_test and test_share is not None:
        raise ContentError("there is a test split already; test_share is for datasets without one")
    if not np.any(names == "train"):
        raise ContentError("the train split has no images; name it train, or use no splits at all")
    share = None if has_test else splits.TEST_SHARE if test_share is None else test_share
    if share is not None:
        _hold_out(names, labels, "test", share)
    if not has_validation:
        _hold_out(names, labels, "validation", splits.VALIDATION_SHARE)
    rows = [np.flatnonzero(names == split) for split in SPLITS]
    return Assignment(
        order=np.concatenate(rows),
        sizes={split: len(found) for split, found in zip(SPLITS, rows, strict=True)},
        rule=splits.rule(holds_out_validation=not has_validation, test_share=share),
    )


def _hold_out(
    names: NDArray[np.str_], labels: NDArray[np.int64], split: SplitName, share: float
) -> None:
    """Move a share of what is for training into another split."""
    train = np.flatnonzero(names == "train")
    held_out = train[splits.hold_out(labels[train], share)]
    if not len(held_out):
        raise ContentError(
            f"no {split} split can be held out: every class has a single image left to train on; at"
            " least one class needs more, or upload the split yourself"
        )
    names[held_out] = split


def check(assignment: Assignment, labels: NDArray[np.int64], classes: Sequence[str]) -> None:
    """ContentError unless every class can be learnt."""
    if len(classes) < 2:  # noqa: PLR2004 - two is what classifying means
        raise ContentError(
            f"at least 2 classes are needed, and there is {len(classes)}"
            + (f" ({classes[0]!r})" if classes else "")
        )
    train = labels[assignment.order[: assignment.sizes["train"]]]
    missing = sorted(set(range(len(classes))) - set(train.tolist()))
    if missing:
        names = ", ".join(repr(classes[label]) for label in missing[:5])
        raise ContentError(f"every class needs images in train; there are none of: {names}")
