"""Arrays of numbers as pixels: the axes that every form of body accepts."""

from typing import Any

from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError
from workers.datasets.images.image_arrays import CHANNELS


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
