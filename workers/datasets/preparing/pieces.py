"""The work on a piece of a dataset, which runs in a process of its own: measuring, and decoding.

Nothing here imports torch, so that such a process starts quickly.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workers.datasets.errors import ArchiveError
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import (
    ImageFileError,
    Measured,
    decode_file,
    measure,
    measure_pixels,
)
from workers.datasets.images.preparation import Preparation
from workers.datasets.listings.places import FilePlace, Place

NUM_VALUES = 256  # of a byte

Damage = tuple[int, str]  # position of an image, and what is wrong with it


@dataclass(frozen=True)
class MeasuredPiece:
    """What is known of some images."""

    measured: Counter[Measured]  # how many images are of each size and kind; damaged ones are not
    damage: list[Damage]


def measure_piece(places: Sequence[Place]) -> MeasuredPiece:
    """Measure some images; positions in `damage` are those in `places`."""
    measured: Counter[Measured] = Counter()
    damage: list[Damage] = []
    for position, place in enumerate(places):
        try:
            measured[_measure(place)] += 1
        except (ImageFileError, ArchiveError) as error:
            damage.append((position, str(error)))
    return MeasuredPiece(measured, damage)


def _measure(place: Place) -> Measured:
    if isinstance(place, FilePlace):
        return measure(place.read())
    if np.dtype(place.array.kind) == np.uint8:  # its shape says everything
        height, width, *channels = place.array.image_shape
        return Measured(width, height, is_grey=channels in ([], [1]))
    return measure_pixels(_without_channel(place.read()))


@dataclass(frozen=True)
class DecodedPiece(MeasuredPiece):
    """What came of decoding some images into the prepared file."""

    #: How often each value occurs in each channel, (channels, 256), over the images that count.
    value_counts: NDArray[np.int64]


@dataclass(frozen=True)
class Piece:
    """Images that lie next to each other in the prepared file."""

    places: list[Place]
    offset: int  # in bytes, of the first image in the file
    num_counted: int = 0  # the first so many count for the mean: they are for training
    target: str = ""
    preparation: Preparation = field(kw_only=True)


def decode_piece(piece: Piece) -> DecodedPiece:
    """Decode some images and write them where they belong."""
    geometry, channels = piece.preparation.geometry, piece.preparation.channels
    shape = (len(piece.places), geometry.height, geometry.width, channels)
    pixels = np.zeros(shape, np.uint8)
    measured: Counter[Measured] = Counter()
    damage: list[Damage] = []
    for position, place in enumerate(piece.places):
        try:
            found, decoded = _decode(place, geometry)
        except (ImageFileError, ArchiveError) as error:
            damage.append((position, str(error)))
            continue
        measured[found] += 1
        if found.extremes is None or piece.preparation.scale:  # or no such image was expected
            pixels[position] = piece.preparation.apply_to_pixels(decoded)
    file = os.open(piece.target, os.O_WRONLY)
    try:
        _write(file, memoryview(pixels.data).cast("B"), piece.offset)
    finally:
        os.close(file)
    return DecodedPiece(measured, damage, _value_counts(pixels[: piece.num_counted]))


def _decode(place: Place, geometry: Geometry) -> tuple[Measured, NDArray[Any]]:
    if isinstance(place, FilePlace):
        file = decode_file(place.read(), geometry)
        return file.measured, file.pixels
    pixels = _without_channel(place.read())
    return measure_pixels(pixels), pixels


def _value_counts(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How often each value occurs in each channel of (N, H, W, C), as (C, 256)."""
    number, height, width, channels = pixels.shape
    below_each_other = pixels.reshape(number * height, width, channels)
    image = Image.fromarray(below_each_other.squeeze(2) if channels == 1 else below_each_other)
    return np.array(image.histogram(), np.int64).reshape(channels, NUM_VALUES)


def _without_channel(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 1) → (H, W): a grey image has no axis of channels."""
    is_grey = pixels.ndim == 3 and pixels.shape[2] == 1  # noqa: PLR2004 - an axis of channels
    return pixels[..., 0] if is_grey else pixels


def _write(file: int, content: memoryview, offset: int) -> None:
    while content:
        written = os.pwrite(file, content, offset)
        content, offset = content[written:], offset + written
