"""Arrays as images with labels: which shapes are images, and which numbers are classes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.datasets.archives.limits import check_number
from workers.datasets.content import MAX_CLASSES
from workers.datasets.errors import ArchiveError
from workers.datasets.images.image_arrays import CHANNELS, NUM_AXES, is_channels_first
from workers.datasets.listings.class_names import normalise
from workers.datasets.listings.listing import ListedImage, SplitName
from workers.datasets.listings.places import ArrayFile, RowPlace

MAX_SIDE = 4096
SHAPES = "(N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels"


def as_images(array: ArrayFile, name: str) -> ArrayFile:
    """The array with its channels where they are; ArchiveError where its shape is not that of images."""
    shape = array.shape
    if np.dtype(array.kind).kind not in "uif":
        raise ArchiveError(
            f"{name} has numbers of type {array.kind}; accepted are whole numbers and floats"
        )
    channels_first = is_channels_first(shape)
    channels_last = len(shape) == NUM_AXES and shape[3] in CHANNELS
    if not (channels_first or channels_last or len(shape) == NUM_AXES - 1):
        raise ArchiveError(f"{name} has the shape {shape}; accepted is {SHAPES}")
    check_number(shape[0])
    sides = shape[2:] if channels_first else shape[1:3]
    if not all(1 <= side <= MAX_SIDE for side in sides):
        raise ArchiveError(f"{name} has the shape {shape}; accepted are sides of 1 to {MAX_SIDE}")
    return ArrayFile(array.path, array.kind, shape, array.offset, array.stride, channels_first)


def as_labels(array: NDArray[Any], name: str) -> list[str]:
    """The class of each image: whole numbers from any start, one-hot rows, a column, or names."""
    check_number(len(array) if array.ndim else 0)
    if array.ndim == 2 and array.shape[1] == 1:  # noqa: PLR2004 - a column, as Keras writes it
        array = array[:, 0]
    if array.ndim == 2:  # noqa: PLR2004 - one-hot
        array = _from_one_hot(array, name)
    if array.ndim != 1 or array.dtype.kind not in "iufUSb":
        raise ArchiveError(
            f"{name} is {array.dtype} {array.shape}; accepted are whole numbers or names (N,), a"
            " column (N, 1) or one-hot rows (N, K)"
        )
    if array.dtype.kind in "SU":
        return _texts(array, name)
    if array.dtype.kind == "f" and not np.all(np.isfinite(array) & (array == np.rint(array))):
        raise ArchiveError(f"{name} has fractions; accepted are whole numbers")
    return [str(int(label)) for label in array.tolist()]


def _texts(array: NDArray[Any], name: str) -> list[str]:
    try:
        texts = array.tolist()
        return [normalise(text.decode() if isinstance(text, bytes) else text) for text in texts]
    except (ValueError, SystemError):  # SystemError: numbers beyond those of Unicode
        raise ArchiveError(f"{name} has text that is not Unicode; accepted is UTF-8") from None


def _from_one_hot(array: NDArray[Any], name: str) -> NDArray[Any]:
    is_one_hot = array.dtype.kind in "iufb" and bool(
        np.all((array == 0) | (array == 1)) and np.all(array.sum(axis=1) == 1)
    )
    if not is_one_hot or array.shape[1] > MAX_CLASSES:
        raise ArchiveError(
            f"{name} has the shape {array.shape}, and its rows are not one-hot; accepted is one"
            " class for each image"
        )
    numbers: NDArray[Any] = array.argmax(axis=1)
    return numbers


def label_images(
    images: ArrayFile, labels: Sequence[str], split: SplitName | None, names: tuple[str, str]
) -> list[ListedImage]:
    """Every image with its label; ArchiveError unless there is one label for each.

    `names` are those of the two arrays.
    """
    if images.shape[0] != len(labels):
        raise ArchiveError(
            f"{names[0]} has {images.shape[0]:,} images and {names[1]} has {len(labels):,} labels;"
            " there must be one for each"
        )
    return [
        ListedImage(f"{names[0]}[{row}]", label, RowPlace(images, row), split)
        for row, label in enumerate(labels)
    ]
