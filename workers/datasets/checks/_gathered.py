"""What one pass over the images of a dataset gathers for all checks, in bounded memory."""

import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.datasets.checks._finding import (
    MAX_GROUPS,
    MAX_OF_GROUP,
    FoundImage,
    Group,
)
from workers.datasets.checks._near import near_groups
from workers.datasets.checks._thumbnails import PIXELS, thumbnails
from workers.datasets.seed import SEED

MAX_COMPARED = (
    100_000  # images; all pairs of as many take about a minute, and their thumbnails 100 MB
)
BLOCK_BYTES = 16 * 1024**2  # of images that are looked at together
DIGEST_BYTES = 16

Report = Callable[[str, int, int], None]  # phase, done, total


class LabelledImages(NamedTuple):
    """A split: images (N, H, W, C) as uint8, which may be mapped into memory, and labels (N,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]


class HeldOut(NamedTuple):
    """What networks say of images on which they did not train."""

    source: str  # which images these are, in words
    images: NDArray[np.int64]  # (n,) their numbers through all splits, ascending
    probabilities: NDArray[np.float64]  # (n, classes): their mean over the trainings
    num_trainings: int


@dataclass(frozen=True, eq=False)
class Gathered:
    """Facts about every image, numbered from 0 through all splits."""

    classes: Sequence[str]
    sizes: Mapping[str, int]  # images in each split, in their order
    labels: NDArray[np.int64]  # (N,)
    digests: NDArray[np.void]  # (N,)
    is_constant: NDArray[np.bool_]  # (N,): each channel has a single value
    compared: NDArray[np.int64]  # (n,) the images of which there are thumbnails, ascending
    thumbnails: NDArray[np.float32]  # (n, PIXELS), each of mean 0 and length 1, or all 0
    held_out: HeldOut | None
    report: Report

    @functools.cached_property
    def splits(self) -> NDArray[np.str_]:
        """The split of every image (N,)."""
        return np.repeat(list(self.sizes), list(self.sizes.values()))

    @functools.cached_property
    def copies(self) -> list[NDArray[np.int64]]:
        """The groups of images with the same pixels, those of each ascending."""
        _, inverse, counts = np.unique(self.digests, return_inverse=True, return_counts=True)
        order = np.argsort(inverse, kind="stable")
        ends = np.cumsum(counts)
        groups = [order[ends[i] - counts[i] : ends[i]] for i in np.flatnonzero(counts > 1)]
        return sorted(groups, key=lambda group: int(group[0]))

    @functools.cached_property
    def near_copies(self) -> list[NDArray[np.int64]]:
        """The groups of images that are nearly the same; of equal images the first takes part."""
        later = {int(index) for group in self.copies for index in group[1:]}
        chosen = np.array([int(index) not in later for index in self.compared], dtype=bool)
        chosen &= self.thumbnails.any(axis=1)
        places = self.compared[chosen]
        return [places[group] for group in near_groups(self.thumbnails[chosen], self.report)]

    @property
    def sample(self) -> str:
        """Half a sentence that says how many images were compared, where it is not all."""
        if len(self.compared) == len(self.labels):
            return ""
        return f" among {len(self.compared):,} images chosen at random"

    def locate(self, index: int, remark: str = "") -> FoundImage:
        """An image by its number."""
        start = 0
        for split, size in self.sizes.items():
            if index < start + size:
                label = self.classes[self.labels[index]]
                return FoundImage(split, int(index) - start, label, remark)
            start += size
        raise IndexError(index)

    def listed_groups(self, groups: Sequence[NDArray[np.int64]]) -> list[Group]:
        """The first groups, with the first images of each."""
        return [
            Group(len(group), [self.locate(int(index)) for index in group[:MAX_OF_GROUP]])
            for group in groups[:MAX_GROUPS]
        ]


def gather(
    classes: Sequence[str],
    splits: Mapping[str, LabelledImages],
    held_out: HeldOut | None,
    report: Report,
) -> Gathered:
    """Read every image once; memory does not depend on how large they are."""
    sizes = {name: len(split.labels) for name, split in splits.items()}
    total = sum(sizes.values())
    compared = _sample(total)
    digests = np.empty(total, dtype=f"V{DIGEST_BYTES}")
    is_constant = np.empty(total, dtype=bool)
    small = np.empty((len(compared), PIXELS), dtype=np.float32)
    for start, images in _blocks(splits):
        end = start + len(images)
        digests[start:end] = [np.void(_digest(image)) for image in images]
        is_constant[start:end] = (images == images[:, :1, :1]).all(axis=(1, 2, 3))
        first, last = np.searchsorted(compared, [start, end])
        small[first:last] = thumbnails(images[compared[first:last] - start])
        report("reading", end, total)
    labels = np.concatenate([split.labels for split in splits.values()])
    return Gathered(classes, sizes, labels, digests, is_constant, compared, small, held_out, report)


def _sample(total: int) -> NDArray[np.int64]:
    if total <= MAX_COMPARED:
        return np.arange(total)
    generator = np.random.default_rng(SEED)
    return np.sort(generator.choice(total, MAX_COMPARED, replace=False))


def _blocks(splits: Mapping[str, LabelledImages]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The images of all splits, some at a time, and the number of the first of them."""
    before = 0
    for images, _ in splits.values():
        step = max(1, BLOCK_BYTES // max(1, images[:1].nbytes))
        for start in range(0, len(images), step):
            yield before + start, np.ascontiguousarray(images[start : start + step])
        before += len(images)


def _digest(image: NDArray[np.uint8]) -> bytes:
    return hashlib.blake2b(image.data, digest_size=DIGEST_BYTES).digest()
