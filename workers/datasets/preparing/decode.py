"""Decodes the images of a listing into the rows of a prepared file, piece by piece."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.datasets.images.image_file import Measured
from workers.datasets.images.preparation import Preparation
from workers.datasets.listings.listing import ListedImage
from workers.datasets.preparing.assignment import Assignment
from workers.datasets.preparing.pieces import NUM_VALUES, Damage, Piece, decode_piece
from workers.datasets.preparing.processes import Map
from workers.datasets.stored.prepared_file import PreparedFile

IMAGES_OF_A_PIECE = 256
BYTES_OF_A_PIECE = 16 * 1024**2
MIN_PIECES = 128  # so that all processes have work until the end
LOWEST_STD = 1e-6


class Progress(NamedTuple):
    """How far a preparation is."""

    phase: str  # "measuring" or "decoding"
    done: int  # images
    total: int


Report = Callable[[Progress], None]


def report_nothing(progress: Progress) -> None:
    """For those who do not watch the progress."""


class Decoded(NamedTuple):
    """What came of decoding the images of a listing."""

    measured: list[Measured]  # in no order; damaged images are not among them
    damage: list[Damage]
    #: How often each value occurs in each channel of the train split, (channels, 256).
    value_counts: NDArray[np.int64]


def decode(
    file: PreparedFile,
    images: Sequence[ListedImage],
    assigned: Assignment,
    preparation: Preparation,
    apply: Map,
    report: Report,
) -> Decoded:
    """Decode every image into its row of the prepared file."""
    counts = np.zeros((preparation.channels, NUM_VALUES), np.int64)
    size = min(piece_size(len(images)), BYTES_OF_A_PIECE // math.prod(file.shape[1:])) or 1
    measured: Counter[Measured] = Counter()
    damage: list[Damage] = []
    done = 0
    for piece in apply(decode_piece, _pieces(file, images, assigned, preparation, size)):
        rows = assigned.order[done : done + size]
        damage += [(int(rows[position]), reason) for position, reason in piece.damage]
        measured.update(piece.measured)
        counts += piece.value_counts
        done += len(rows)
        report(Progress("decoding", done, len(images)))
    return Decoded(list(measured.elements()), damage, counts)


def piece_size(number: int) -> int:
    """How many of a number of images a process gets at once."""
    return min(IMAGES_OF_A_PIECE, number // MIN_PIECES + 1)


def _pieces(
    file: PreparedFile,
    images: Sequence[ListedImage],
    assigned: Assignment,
    preparation: Preparation,
    size: int,
) -> Iterator[Piece]:
    for start in range(0, len(images), size):
        positions = assigned.order[start : start + size]
        yield Piece(
            [images[position].place for position in positions],
            file.offset_of(start),
            num_counted=min(max(0, assigned.sizes["train"] - start), len(positions)),
            target=str(file.path),
            preparation=preparation,
        )


def moments(counts: NDArray[np.int64]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel, exact from the counts (channels, 256) of its values."""
    values = np.arange(NUM_VALUES, dtype=np.float64) / (NUM_VALUES - 1)
    means, stds = [], []
    for channel in counts:
        weights = channel / channel.sum()
        mean = float((weights * values).sum())
        means.append(mean)
        stds.append(max(math.sqrt(float((weights * (values - mean) ** 2).sum())), LOWEST_STD))
    return tuple(means), tuple(stds)
