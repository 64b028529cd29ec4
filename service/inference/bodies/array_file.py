"""Images as one array in NumPy's .npy format, which needs no parsing."""

import io
import math
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from models import ImageShape
from service.inference.bodies.errors import ImageError
from service.inference.bodies.images import PreparedImages, fit_pixels
from service.inference.bodies.pixels import CHANNELS, as_pixels

MAGIC = npy.MAGIC_PREFIX
ACCEPTED = (
    "accepted is an .npy of numbers 0 to 255 as N×H×W, N×H×W×C or N×C×H×W, where C is 1 or 3, in"
    " little-endian order"
)
MOST_HEADER = 10_000  # bytes, as numpy itself has it


class ArrayImages:
    """Images N×H×W, N×H×W×C or N×C×H×W that have arrived as one array."""

    def __init__(self, content: bytes) -> None:
        array = _parse(content)
        if array.ndim == 4 and array.shape[3] not in CHANNELS:  # noqa: PLR2004 - N×C×H×W
            array = array.transpose(0, 2, 3, 1)
        self._pixels = as_pixels(array, leading_axes=1, accepted=ACCEPTED)

    def __len__(self) -> int:
        return len(self._pixels)

    def prepare(self, shape: ImageShape) -> PreparedImages:
        """Fit the images to `shape`; nothing is copied where they are grey and fit already."""
        if self._pixels.shape[1:] == (shape.height, shape.width, shape.channels):
            pixels = np.ascontiguousarray(self._pixels.transpose(0, 3, 1, 2))
            return PreparedImages(pixels, [[] for _ in pixels])
        images = [fit_pixels(pixels, shape) for pixels in self._pixels]
        stacked = np.stack([image.pixels for image in images])
        return PreparedImages(stacked, [image.notes for image in images])


def _parse(content: bytes) -> NDArray[Any]:
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
