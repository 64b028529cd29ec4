"""Geometry: the size that the images of a dataset have, and how an image gets it.

There is one function and one filter for training, predictions and the inference protocol, so that
an image is the same pixels wherever it goes in.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Fit = Literal["crop", "pad", "stretch"]


@dataclass(frozen=True, slots=True)
class Geometry:
    """A size in pixels, and what is done with an image of other proportions.

    `crop` scales it until it covers the size and cuts off what is over, equally on both sides;
    `pad` scales it until it fits inside and adds black; `stretch` changes its proportions.
    """

    width: int
    height: int
    fit: Fit = "stretch"

    def scaled_size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height that an image is scaled to, before anything is cut off or added."""
        if self.fit == "stretch":
            return self.width, self.height
        ratios = (self.width / width, self.height / height)
        ratio = max(ratios) if self.fit == "crop" else min(ratios)
        return max(1, round(width * ratio)), max(1, round(height * ratio))

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """uint8 pixels (H, W) or (H, W, 3) → (height, width) or (height, width, 3)."""
        height, width = pixels.shape[:2]
        if (width, height) == (self.width, self.height):
            return pixels
        scaled = self.scaled_size(width, height)
        if scaled != (width, height):
            image = Image.fromarray(pixels).resize(scaled, Image.Resampling.BILINEAR)
            pixels = np.asarray(image)
        return self._cut_or_padded(pixels)

    def _cut_or_padded(self, pixels: NDArray[Any]) -> NDArray[np.uint8]:
        height, width = pixels.shape[:2]
        if self.fit == "crop":
            top, left = (height - self.height) // 2, (width - self.width) // 2
            return pixels[top : top + self.height, left : left + self.width]
        if self.fit == "pad":
            above, before = (self.height - height) // 2, (self.width - width) // 2
            rows, columns = (
                (above, self.height - height - above),
                (before, self.width - width - before),
            )
            return np.pad(pixels, [rows, columns, *[(0, 0)] * (pixels.ndim - 2)])
        return pixels


def with_channels(pixels: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """uint8 pixels (H, W) or (H, W, 3) → (H, W, channels); grey is the luma of ITU-R 601."""
    if channels == 1:
        return (np.asarray(Image.fromarray(pixels).convert("L")) if pixels.ndim > 2 else pixels)[  # noqa: PLR2004 - colour
            ..., None
        ]
    return np.repeat(pixels[..., None], channels, axis=2) if pixels.ndim == 2 else pixels  # noqa: PLR2004 - grey
