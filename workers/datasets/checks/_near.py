"""Which images are nearly the same: re-compressed, resized, brightened.

An image and its nearest neighbour are near duplicates if their thumbnails correlate by at least
SIMILAR, and differ at most DISTINCT times as much as the image and its tenth neighbour. The second
condition is what tells copies from a class whose images are all alike, such as handwritten ones:
copies stand out from their surroundings, and siblings do not. Where there are more copies than that
of one image, EQUAL alone is enough.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

SIMILAR = 0.97
DISTINCT = 0.1
EQUAL = 0.999
NEIGHBOUR = 10
BLOCK_ENTRIES = 2**24  # of the matrix of products: 64 MiB


def near_groups(
    vectors: NDArray[np.float32], report: Callable[[str, int, int], None]
) -> list[NDArray[np.int64]]:
    """The groups of near duplicates among vectors (n, d) of length 1, as ascending positions."""
    count = len(vectors)
    if count < 2:  # noqa: PLR2004 - a pair
        return []
    step = max(1, BLOCK_ENTRIES // count)
    firsts, seconds = [], []
    for start in range(0, count, step):
        products = vectors[start : start + step] @ vectors.T
        first, second = _near_pairs(products, start)
        firsts.append(first)
        seconds.append(second)
        report("comparing", min(start + step, count), count)
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
    _, component = connected_components(graph, directed=False)
    touched = np.unique(np.concatenate([first, second]))
    groups: dict[int, list[int]] = {}
    for position in touched:
        groups.setdefault(int(component[position]), []).append(int(position))
    return [np.array(group) for group in groups.values()]


def _near_pairs(
    products: NDArray[np.float32], start: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of correlations (m, n) the rows, which begin at `start`, with a near duplicate, and which it is."""
    rows = np.arange(len(products))
    products[rows, rows + start] = -2  # an image is no neighbour of itself
    nearest = products.argmax(axis=1)
    highest = products[rows, nearest]
    candidates = np.flatnonzero(highest >= SIMILAR)
    neighbour = max(0, products.shape[1] - min(NEIGHBOUR, products.shape[1] - 1))
    tenth = np.partition(products[candidates], neighbour, axis=1)[:, neighbour]
    near = candidates[1 - highest[candidates] <= DISTINCT * (1 - tenth)]
    equal = candidates[highest[candidates] >= EQUAL]
    # The first of many, so that they form one group without a pair for each two of them.
    first = (products[equal] >= EQUAL).argmax(axis=1)
    return np.concatenate([near, equal]) + start, np.concatenate([nearest[near], first])
