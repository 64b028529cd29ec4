"""Arrays of numbers as pixels: the axes and the numbers that every form of body accepts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError
from workers.datasets.images.image_arrays import CHANNELS
from workers.datasets.images.pixel_scale import PixelScale

BRIGHTEST = 255
PIECE = 65_536  # numbers


def as_array(data: Any) -> NDArray[np.float64]:
    """Nested lists as an array; ValueError, TypeError or OverflowError as NumPy has them.

    A long list is read a piece at a time: NumPy does not let go of the interpreter's lock meanwhile.
    """
    if not isinstance(data, list) or num_objects(data) <= PIECE:
        return np.asarray(data, dtype=np.float64)
    length = max(1, PIECE // num_objects(data[0]))
    pieces = [data[first : first + length] for first in range(0, len(data), length)]
    return np.concatenate([np.asarray(piece, dtype=np.float64) for piece in pieces])


def num_objects(data: Any) -> int:
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


def as_bytes(
    numbers: NDArray[Any], *, accepted: str, scale: PixelScale | None = None
) -> NDArray[np.uint8]:
    """Numbers 0 to 255 of any kind, rounded to uint8; ImageError where some number is outside.

    Where the dataset of the model had a `scale`, numbers of any type but uint8 are on it.
    """
    if numbers.dtype == np.uint8:
        return numbers
    if scale is not None:
        if not np.isfinite(numbers).all():
            raise ImageError(f"{accepted}; some number is infinite or NaN")
        return scale.to_bytes(numbers)
    # NaN fails both comparisons.
    if numbers.size and not (numbers.min() >= 0 and numbers.max() <= BRIGHTEST):
        raise ImageError(f"{accepted}; some number is outside")
    return np.round(numbers).astype(np.uint8)
