"""Images as one array in NumPy's .npy format, which needs no parsing."""

import io
import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from service.inference.bodies.errors import ImageError
from service.inference.bodies.images import (
    SECONDS_PER_FILE,
    SECONDS_PER_NUMBER,
    SECONDS_PER_PIXEL,
    Cost,
    PreparedImages,
    fit_pixels,
)
from service.inference.bodies.number_scale import Numbers, find_number_scale, measure, range_of
from service.inference.bodies.pixels import channels_last
from workers.datasets.images.image_arrays import NpyHeaderError, is_channels_first, read_header
from workers.datasets.images.preparation import Preparation

MAGIC = npy.MAGIC_PREFIX
RANGE = "accepted is an .npy of {} as N×H×W, N×H×W×C or N×C×H×W, where C is 1 or 3, in little-endian order"
ACCEPTED = RANGE.format(range_of(None))


class ArrayImages:
    """Images N×H×W, N×H×W×C or N×C×H×W that have arrived as one array."""

    def __init__(self, content: bytes) -> None:
        array = _parse(content)
        if is_channels_first(array.shape):
            array = array.transpose(0, 2, 3, 1)
        self._numbers = channels_last(array, leading_axes=1, accepted=ACCEPTED)

    def __len__(self) -> int:
        return len(self._numbers)

    def costs(self, preparation: Preparation) -> Sequence[Cost]:
        """What it takes to prepare each."""
        num_numbers = math.prod(self._numbers.shape[1:])
        seconds = 0.0 if self._numbers.dtype == np.uint8 else num_numbers * SECONDS_PER_NUMBER
        if not self._fits(preparation):
            seconds += SECONDS_PER_FILE + num_numbers * SECONDS_PER_PIXEL
        return [Cost(seconds, 0)] * len(self)

    def prepare(
        self, preparation: Preparation, part: slice, white: float | None = None
    ) -> PreparedImages:
        """Prepare a part of them; nothing is copied where they are grey and fit already. ImageError."""
        found = find_number_scale(
            self._measured, of_dataset=preparation.scale, white=white, accepted=RANGE
        )
        pixels = found.to_bytes(self._numbers[part])
        if self._fits(preparation):
            pixels = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
            return PreparedImages(pixels, found.notes(len(pixels)))
        return PreparedImages.of([fit_pixels(image, preparation, found.note) for image in pixels])

    @cached_property
    def _measured(self) -> Numbers:
        return measure([self._numbers])

    def _fits(self, preparation: Preparation) -> bool:
        channels, height, width = preparation.shape
        return self._numbers.shape[1:] == (height, width, channels)


def _parse(content: bytes) -> NDArray[Any]:
    """The array in the bytes. Its size is checked against theirs before anything is allocated."""
    stream = io.BytesIO(content)
    try:
        shape, is_fortran, kind = read_header(stream)
    except NpyHeaderError as error:
        raise ImageError(f"the .npy is damaged ({error}); {ACCEPTED}") from None
    if kind.kind not in "uif" or not kind.isnative:
        raise ImageError(f"{ACCEPTED}; its numbers are {str(kind)[:40]}")
    rest = content[stream.tell() :]
    if len(rest) != math.prod(shape) * kind.itemsize:
        raise ImageError(f"the .npy is damaged: {len(rest)} bytes for shape {shape} of {kind}")
    order: Any = "F" if is_fortran else "C"
    return np.frombuffer(rest, kind).reshape(shape, order=order)
