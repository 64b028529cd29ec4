"""Arrays of numbers as pixels: nested lists, and the axes that every form of body accepts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError
from workers.datasets.images.image_arrays import CHANNELS

PIECE = 65_536  # numbers


def as_array(data: Any, dtype: type | None = None) -> NDArray[Any]:
    """Nested lists as an array, of the type that holds all or of `dtype`; errors as NumPy has them.

    A long list is read a piece at a time: NumPy does not let go of the interpreter's lock meanwhile.
    """
    if not isinstance(data, list) or _num_objects(data) <= PIECE:
        return np.asarray(data, dtype)
    length = max(1, PIECE // _num_objects(data[0]))
    pieces = [data[first : first + length] for first in range(0, len(data), length)]
    return np.concatenate([np.asarray(piece, dtype) for piece in pieces])


def _num_objects(data: Any) -> int:
    """How many numbers are in nested lists, if all lists are like the first."""
    number = 1
    while isinstance(data, list) and data:
        number, data = number * len(data), data[0]
    return number


def channels_last(numbers: NDArray[Any], *, leading_axes: int, accepted: str) -> NDArray[Any]:
    """Numbers (…, H, W, C) of those as (…, H, W) or (…, H, W, C), where C is 1 or 3.

    `leading_axes` is the number of axes before H: 0 for one image, 1 for several. ImageError, which
    says what is `accepted`, where the axes are others.
    """
    if numbers.ndim == leading_axes + 2:
        numbers = numbers[..., None]
    has_channels = numbers.ndim == leading_axes + 3 and numbers.shape[-1] in CHANNELS
    if not has_channels or 0 in numbers.shape[leading_axes:]:
        raise ImageError(f"{accepted}; the shape is {numbers.shape}")
    return numbers
