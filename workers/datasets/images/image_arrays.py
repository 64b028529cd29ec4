"""Images as one array: the header of NumPy's .npy format, and the axis of their channels."""

from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.lib import format as npy

CHANNELS = (1, 3)
MAX_HEADER = 10_000  # bytes, as numpy itself has it
MAX_AXES = 32  # that every version of numpy can have
LONGEST = 100  # letters of a shape in a sentence
NUM_AXES = 4  # of images with channels; grey ones may lack that axis


class NpyHeaderError(ValueError):
    """The bytes do not begin with the header of an .npy."""


class NpyHeader(NamedTuple):
    """What the header of an .npy says of its array."""

    shape: tuple[int, ...]
    is_fortran: bool  # in Fortran's order, the first axis varying fastest
    kind: np.dtype[Any]


def read_header(file: BinaryIO) -> NpyHeader:
    """Read the header, and leave the file at the first number. NpyHeaderError says what is wrong."""
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        header = NpyHeader(*read(file, max_header_size=MAX_HEADER))
    except Exception as error:  # noqa: BLE001 - a damaged header raises anything
        raise NpyHeaderError(str(error)) from None
    is_shape = all(type(size) is int and size >= 0 for size in header.shape)  # True is an int, too
    if not is_shape or len(header.shape) > MAX_AXES:
        raise NpyHeaderError(f"no array has the shape {str(header.shape)[:LONGEST]}")
    return header


def is_channels_first(shape: Sequence[int]) -> bool:
    """Whether images of this shape are (N, C, H, W); where both could be, they are (N, H, W, C)."""
    return len(shape) == NUM_AXES and shape[3] not in CHANNELS and shape[1] in CHANNELS
