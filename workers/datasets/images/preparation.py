"""How the images of a dataset became its pixels, which a prediction repeats for its own images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.datasets.images.geometry import Geometry, with_channels
from workers.datasets.images.image_file import ImageFileError, decode_file
from workers.datasets.images.pixel_scale import PixelScale, find_scale

EIGHT_BITS = PixelScale(0.0, 255.0)
SIXTEEN_BITS = PixelScale(0.0, 65535.0)


@dataclass(frozen=True)
class Preparation:
    """From any image to the uint8 pixels of a dataset."""

    channels: int  # 1 or 3
    geometry: Geometry
    #: Of images with more than 8 bits a sample; None: the dataset had none.
    scale: PixelScale | None = None

    def apply_to_file(self, content: bytes) -> NDArray[np.uint8]:
        """Give the image of a file the size, scale and channels of the dataset: uint8 pixels (H, W, C).

        ImageFileError.
        """
        file = decode_file(content, self.geometry)
        return self.apply_to_pixels(file.pixels, file.white)

    def apply_to_pixels(
        self, pixels: NDArray[Any], white: float | None = None
    ) -> NDArray[np.uint8]:
        """The same for pixels (H, W) or (H, W, 3) of any type that are decoded already.

        `white` is what their file says is white, where it says that.
        """
        scale = self.scale_of(pixels, white)
        return with_channels(self.geometry.apply(scale.to_bytes(pixels)), self.channels)

    def scale_of(self, pixels: NDArray[Any], white: float | None = None) -> PixelScale:
        """The scale that these pixels are on: 0 to 255 for uint8, else that of the dataset.

        Where the dataset had none, it is what the file says is `white`, or else the usual scale of their
        type; ImageFileError where floats are on none.
        """
        if pixels.dtype == np.uint8:
            return EIGHT_BITS
        if self.scale is not None:
            return self.scale
        return _usual_scale(pixels) if white is None else PixelScale(0.0, white)

    def with_white(self, white: float) -> "Preparation":
        """The same with a scale of its own, from 0 to `white`."""
        return replace(self, scale=PixelScale(0.0, white))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the pixels."""
        return self.channels, self.geometry.height, self.geometry.width

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

    @classmethod
    def of_model(
        cls, stored: Mapping[str, Any] | None, image_shape: Sequence[int]
    ) -> "Preparation":
        """What a model has `stored`; one of an earlier version has nothing, and images are stretched."""
        if stored is not None:
            return cls.from_json(stored)
        channels, height, width = image_shape
        return cls(channels, Geometry(width, height, "stretch"))


def _usual_scale(pixels: NDArray[Any]) -> PixelScale:
    if pixels.dtype == np.uint16:
        return SIXTEEN_BITS
    lowest, highest = float(pixels.min()), float(pixels.max())
    scale = find_scale(lowest, highest, is_whole=False)
    if scale is None:
        raise ImageFileError(
            f"the image has numbers from {lowest:g} to {highest:g}; accepted are floats from 0 to 1,"
            " −1 to 1, 0 to 255 or 0 to 65535"
        )
    return scale
