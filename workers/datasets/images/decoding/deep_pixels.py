"""Arrays of more than 8 bits a sample, as decoders give them → upright uint16 or float32 pixels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.datasets.images.decoding.bounds import ImageFileError

MAX_WHOLE = 65535


def as_deep_pixels(array: NDArray[Any]) -> NDArray[Any]:
    """(H, W) or (H, W, C) of any numbers → the same as uint16 where they fit it, else float32.

    ImageFileError where a number is infinite or NaN.
    """
    if array.dtype == np.uint16:
        return array
    if np.issubdtype(array.dtype, np.integer) and _fits(array):
        return array.astype(np.uint16)
    with np.errstate(over="ignore"):
        floats = array.astype(np.float32)
    if not np.isfinite(floats).all():
        raise ImageFileError("some pixels of the image are infinite or not numbers")
    return floats


def turn(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Pixels (H, W, …) upright by the number that EXIF and TIFF give to an orientation."""
    turned = {
        2: lambda: pixels[:, ::-1],
        3: lambda: pixels[::-1, ::-1],
        4: lambda: pixels[::-1],
        5: lambda: pixels.swapaxes(0, 1),
        6: lambda: np.rot90(pixels, -1),
        7: lambda: np.rot90(pixels, 2).swapaxes(0, 1),
        8: lambda: np.rot90(pixels),
    }.get(orientation)
    return np.ascontiguousarray(turned()) if turned else pixels


def _fits(array: NDArray[Any]) -> bool:
    return bool(array.min() >= 0 and array.max() <= MAX_WHOLE)
