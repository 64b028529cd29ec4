"""How the images of a dataset became its pixels, which a prediction repeats for its own images."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.datasets.geometry import Geometry, with_channels
from workers.datasets.image_file import decode
from workers.datasets.pixel_scale import PixelScale


@dataclass(frozen=True)
class Preparation:
    """From any image to the uint8 pixels of a dataset."""

    channels: int  # 1 or 3
    geometry: Geometry
    #: Of images with more than 8 bits a sample; None: the dataset had none.
    scale: PixelScale | None = None

    def of_file(self, content: bytes) -> NDArray[np.uint8]:
        """The bytes of an image file → uint8 pixels (H, W, C); ImageFileError."""
        return self.of_pixels(decode(content, self.geometry))

    def of_pixels(self, pixels: NDArray[Any]) -> NDArray[np.uint8]:
        """Pixels (H, W) or (H, W, 3) of any type → uint8 pixels (H, W, C)."""
        scaled = self.scale.to_bytes(pixels) if self.scale else pixels
        return with_channels(self.geometry.apply(scaled), self.channels)

    def as_json(self) -> dict[str, Any]:
        """What is stored with a dataset and with the models that are trained on it."""
        scale = [self.scale.black, self.scale.white] if self.scale else None
        size = {"width": self.geometry.width, "height": self.geometry.height}
        return {"channels": self.channels, **size, "fit": self.geometry.fit, "scale": scale}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Preparation":
        """What as_json() gave."""
        geometry = Geometry(stored["width"], stored["height"], stored["fit"])
        scale = PixelScale(*stored["scale"]) if stored["scale"] else None
        return cls(stored["channels"], geometry, scale)
