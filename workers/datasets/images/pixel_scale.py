"""Pixel scale: which numbers of a 16-bit or floating-point image are black and white.

One scale holds for a whole dataset and for what is predicted with it, found over all its images: by
an image's own extremes, a dark one and a bright one would look the same.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WHOLE_NUMBERS = (255, 1023, 4095, 16383, 65535)  # white at 8, 10, 12, 14 and 16 bits
FLOATS = (1.0, 255.0, 65535.0)
ROWS = 64  # scaled at once: wide numbers of all pixels would take gigabytes


@dataclass(frozen=True, slots=True)
class PixelScale:
    """The numbers that stand for black and for white."""

    black: float
    white: float

    def to_bytes(self, pixels: NDArray[Any]) -> NDArray[np.uint8]:
        """Numbers of any kind → uint8; those beyond black or white become black or white."""
        if pixels.dtype == np.uint8:
            return pixels  # 8 bits are on their own scale
        scaled = np.empty(pixels.shape, np.uint8)
        for at in range(0, len(pixels), ROWS):
            scaled[at : at + ROWS] = self._round_to_bytes(pixels[at : at + ROWS])
        return scaled

    def _round_to_bytes(self, pixels: NDArray[Any]) -> NDArray[np.float64]:
        floats = (pixels.astype(np.float64) - self.black) * (255 / (self.white - self.black))
        rounded: NDArray[np.float64] = np.clip(np.rint(floats), 0, 255)
        return rounded


def find_scale(lowest: float, highest: float, *, is_whole: bool) -> PixelScale | None:
    """The usual scale that holds all numbers from lowest to highest; None where none does.

    `is_whole` says whether the numbers are integers.
    """
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        return None
    if lowest < 0:
        if lowest >= -1 and highest <= 1 and not is_whole:
            return PixelScale(-1.0, 1.0)
        return None
    whites = WHOLE_NUMBERS if is_whole else FLOATS
    return next((PixelScale(0.0, float(white)) for white in whites if highest <= white), None)
