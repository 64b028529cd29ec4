"""The SHA-256 that names the content of a dataset, whatever file it came from and however it is split."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workers.datasets.listings.listing import SplitName

ROWS = 256  # read at once


def content_hash(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    order: NDArray[np.int64],
    given: Sequence[SplitName | None],
    classes: Sequence[str],
) -> str:
    """The digest of all images, labels and class names, in the order in which they came in.

    `images` (N, H, W, C), `labels` (N,) and `order` (N,) are those of a prepared file, `given` the
    split that each image of the listing had. It is that of version 0.1: train and test with the shape
    before each array, images as (N, C, H, W). A validation split that was given follows them.
    """
    digest = hashlib.sha256()
    row_of = np.argsort(order, kind="stable")
    names = np.array([split or "train" for split in given])
    for split in ("train", "test", "validation"):
        rows = row_of[np.flatnonzero(names == split)]
        if split == "validation" and not len(rows):
            continue
        _, height, width, channels = images.shape
        digest.update(f"{(len(rows), channels, height, width)}".encode())
        for start in range(0, len(rows), ROWS):
            block = images[rows[start : start + ROWS]].transpose(0, 3, 1, 2)
            digest.update(np.ascontiguousarray(block).data)
        digest.update(f"{(len(rows),)}".encode())
        digest.update(np.ascontiguousarray(labels[rows], dtype="<i8").data)
    digest.update("\n".join(classes).encode())
    return digest.hexdigest()
