"""Whether images that belong together are in one split or in several."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.datasets.checks._gathered import Gathered

Groups = Sequence[NDArray[np.int64]]


def within_a_split(gathered: Gathered, groups: Groups) -> list[NDArray[np.int64]]:
    """The parts of groups that lie in one split, where they have two images or more."""
    parts = (
        group[gathered.splits[group] == split]
        for group in groups
        for split in dict.fromkeys(gathered.splits[group])
    )
    return [part for part in parts if len(part) > 1]


def across_splits(gathered: Gathered, groups: Groups) -> list[NDArray[np.int64]]:
    """The groups that lie in two splits or more."""
    return [group for group in groups if len(set(gathered.splits[group])) > 1]


def num_held_out(gathered: Gathered, groups: Groups) -> int:
    """How many images of these groups are not in the train split."""
    return sum(int((gathered.splits[group] != "train").sum()) for group in groups)
