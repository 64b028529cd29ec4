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
Box = tuple[float, float, float, float]  # left, top, right, bottom


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
        ratio = self._ratio(width, height)
        return max(1, round(width * ratio)), max(1, round(height * ratio))

    def changes(self, width: int, height: int) -> list[str]:
        """What `apply` does to an image of this size, in words."""
        scaled, wanted = self.scaled_size(width, height), (self.width, self.height)
        said = []
        if scaled != (width, height):
            said.append(f"resized from {width}×{height} to {scaled[0]}×{scaled[1]}")
        if scaled != wanted:
            verb = "cropped" if self.fit == "crop" else "padded"
            said.append(f"{verb} to {self.width}×{self.height}")
        return said

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """uint8 pixels (H, W) or (H, W, 3) → (height, width) or (height, width, 3)."""
        height, width = pixels.shape[:2]
        if (width, height) == (self.width, self.height):
            return pixels
        if self.fit == "pad":
            whole = (0, 0, width, height)
            return self._pad(_resize(pixels, self.scaled_size(width, height), whole))
        return _resize(pixels, (self.width, self.height), self._part(width, height))

    def _ratio(self, width: int, height: int) -> float:
        ratios = (self.width / width, self.height / height)
        return max(ratios) if self.fit == "crop" else min(ratios)

    def _part(self, width: int, height: int) -> Box:
        """The part of an image that is scaled to the size.

        It is cut out before it is scaled: scaled first, a line of pixels would become gigabytes.
        """
        if self.fit == "stretch":
            return 0, 0, width, height
        ratio = self._ratio(width, height)
        part_width, part_height = min(width, self.width / ratio), min(height, self.height / ratio)
        left, top = (width - part_width) / 2, (height - part_height) / 2
        if ratio == 1:
            left, top = left // 1, top // 1  # whole pixels stay as they are
        return left, top, left + part_width, top + part_height

    def _pad(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = pixels.shape[:2]
        above, before = (self.height - height) // 2, (self.width - width) // 2
        rows, columns = (above, self.height - height - above), (before, self.width - width - before)
        return np.pad(pixels, [rows, columns, *[(0, 0)] * (pixels.ndim - 2)])


def with_channels(pixels: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """uint8 pixels (H, W) or (H, W, 3) → (H, W, channels); grey is the luma of ITU-R 601."""
    is_grey = pixels.ndim == 2  # noqa: PLR2004 - no axis of channels
    if channels == 1:
        grey = pixels if is_grey else np.asarray(Image.fromarray(pixels).convert("L"))
        return grey[..., None]
    return np.repeat(pixels[..., None], channels, axis=2) if is_grey else pixels


def _resize(pixels: NDArray[Any], size: tuple[int, int], part: Box) -> NDArray[np.uint8]:
    image = Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR, part)
    return np.asarray(image)
