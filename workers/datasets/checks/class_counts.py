"""How many images each class has in each split."""

import numpy as np
from numpy.typing import NDArray

from workers.datasets.checks._finding import (
    MAX_GROUPS,
    MAX_OF_GROUP,
    Finding,
    Group,
    amount,
)
from workers.datasets.checks._gathered import Gathered

TITLE = "Images per class"

MAX_TIMES = 10  # as many train images as the smallest class may the largest have
FEWEST = 20  # train images of a class, below which little is learnt and less is measured
MAX_NAMED = 5  # classes in a sentence


def check(gathered: Gathered) -> Finding:
    """Warn of classes with few images, with none in a split, and of imbalance."""
    counts = {
        split: np.bincount(
            gathered.labels[gathered.splits == split], minlength=len(gathered.classes)
        )
        for split in gathered.sizes
    }
    train = counts["train"]
    tiny = np.flatnonzero(train < FEWEST)
    problems = []
    if train.max() > MAX_TIMES * max(1, train.min()):
        largest, smallest = (gathered.classes[int(i)] for i in (train.argmax(), train.argmin()))
        problems.append(
            f"the classes are unbalanced: {amount(int(train.max()), 'train image')} of"
            f" {largest}, {train.min():,} of {smallest}"
        )
    if len(tiny):
        problems.append(f"fewer than {FEWEST} train images: {_join_names(gathered, tiny)}")
    for split in ("validation", "test"):
        missing = np.flatnonzero(counts[split] == 0)
        if len(missing):
            problems.append(f"no {split} image: {_join_names(gathered, missing)}")
    fewest, most = int(train.min()), int(train.max())
    sizes = f"{fewest:,} to {most:,}" if fewest < most else f"{most:,}"
    usual = f"{len(train):,} classes of {sizes} train images each"
    return Finding(
        level="warning" if problems else "ok",
        sentence="; ".join([usual, *problems]),
        count=len(problems),
        groups=[
            _first_images(gathered, int(label))
            for label in np.argsort(train, kind="stable")[:MAX_GROUPS]
        ],
        counts={
            name: {split: int(counts[split][label]) for split in counts}
            for label, name in enumerate(gathered.classes)
        },
    )


def _join_names(gathered: Gathered, labels: NDArray[np.int64]) -> str:
    names = ", ".join(gathered.classes[label] for label in labels[:MAX_NAMED])
    rest = len(labels) - MAX_NAMED
    return f"{names} and {rest:,} more" if rest > 0 else names


def _first_images(gathered: Gathered, label: int) -> Group:
    found = np.flatnonzero(gathered.labels == label)
    return Group(len(found), [gathered.locate(int(i)) for i in found[:MAX_OF_GROUP]])
