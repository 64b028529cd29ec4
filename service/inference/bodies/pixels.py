"""Arrays of numbers as pixels: the axes and the numbers that every form of body accepts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError
from workers.datasets.images.image_arrays import CHANNELS
from workers.datasets.images.pixel_scale import PixelScale

BRIGHTEST = 255


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
