"""Arrays of numbers as pixels: the axes and the numbers that every form of body accepts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError

BRIGHTEST = 255
CHANNELS = (1, 3)


def as_pixels(numbers: NDArray[Any], *, leading_axes: int, accepted: str) -> NDArray[np.uint8]:
    """uint8 pixels (…, H, W, C) of numbers 0 to 255 as (…, H, W) or (…, H, W, C).

    `leading_axes` is the number of axes before H: 0 for one image, 1 for several. ImageError, which
    says what is `accepted`, where the axes or the numbers are others.
    """
    if numbers.ndim == leading_axes + 2:
        numbers = numbers[..., None]
    has_channels = numbers.ndim == leading_axes + 3 and numbers.shape[-1] in CHANNELS
    if not has_channels or 0 in numbers.shape[leading_axes:]:
        raise ImageError(f"{accepted}; the shape is {numbers.shape}")
    return as_bytes(numbers, accepted=accepted)


def as_bytes(numbers: NDArray[Any], *, accepted: str) -> NDArray[np.uint8]:
    """Numbers 0 to 255 of any kind, rounded to uint8; ImageError where some number is outside."""
    if numbers.dtype == np.uint8:
        return numbers
    # NaN fails both comparisons.
    if numbers.size and not (numbers.min() >= 0 and numbers.max() <= BRIGHTEST):
        raise ImageError(f"{accepted}; some number is outside")
    return np.round(numbers).astype(np.uint8)
