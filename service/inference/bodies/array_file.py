"""Images as one array in NumPy's format: a body of bytes that needs no parsing."""

import io
import math
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from models import ImageShape
from service.inference.bodies.images import BRIGHTEST, ImageError, PreparedImages, from_pixels

MAGIC = npy.MAGIC_PREFIX
ACCEPTED = (
    "accepted is an .npy of numbers 0 to 255 as N×H×W, N×H×W×C or N×C×H×W, where C is 1 or 3, in"
    " little-endian order"
)
CHANNELS = (1, 3)
MOST_HEADER = 10_000  # bytes, as numpy itself has it


class ArrayImages:
    """Images N×H×W, N×H×W×C or N×C×H×W that have arrived as one array."""

    def __init__(self, content: bytes) -> None:
        array = _parsed(content)
        if array.ndim == 3:  # noqa: PLR2004 - N×H×W
            array = array[..., None]
        elif array.ndim == 4 and array.shape[3] not in CHANNELS:  # noqa: PLR2004 - N×C×H×W
            array = array.transpose(0, 2, 3, 1)
        if array.ndim != 4 or array.shape[3] not in CHANNELS or 0 in array.shape[1:]:  # noqa: PLR2004 - N×H×W×C
            raise ImageError(f"{ACCEPTED}; the shape is {array.shape}")
        self._array = as_bytes(array)

    def __len__(self) -> int:
        return len(self._array)

    def prepare(self, shape: ImageShape) -> PreparedImages:
        """Fit them to `shape`; nothing is copied where they fit already and are grey."""
        if self._array.shape[1:] == (shape.height, shape.width, shape.channels):
            pixels = np.ascontiguousarray(self._array.transpose(0, 3, 1, 2))
            return PreparedImages(pixels, [[] for _ in pixels])
        images = [from_pixels(one, shape, name="the array") for one in self._array]
        pixels = np.stack([one.pixels for one in images])
        return PreparedImages(pixels, [one.notes for one in images])


def _parsed(content: bytes) -> NDArray[Any]:
    """The array in the bytes. Its size is checked against theirs before anything is allocated."""
    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, is_fortran, kind = read(stream, max_header_size=MOST_HEADER)
    except (ValueError, EOFError, TypeError, SyntaxError, RecursionError) as error:
        raise ImageError(f"the .npy is damaged ({error}); {ACCEPTED}") from None
    if kind.kind not in "uif" or not kind.isnative:
        raise ImageError(f"{ACCEPTED}; its numbers are {str(kind)[:40]}")
    rest = content[stream.tell() :]
    if len(rest) != math.prod(shape) * kind.itemsize:
        raise ImageError(f"the .npy is damaged: {len(rest)} bytes for shape {shape} of {kind}")
    order: Any = "F" if is_fortran else "C"
    return np.frombuffer(rest, kind).reshape(shape, order=order)


def as_bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Numbers 0 to 255 of any kind as bytes; ImageError where one is outside."""
    if array.dtype == np.uint8:
        return array
    if array.size and not (array.min() >= 0 and array.max() <= BRIGHTEST):  # NaN is neither
        raise ImageError("accepted are numbers 0 to 255; some number is outside")
    return np.round(array).astype(np.uint8)
