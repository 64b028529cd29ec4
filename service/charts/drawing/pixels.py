"""An image of a dataset, drawn as its pixels are."""

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray


def draw_pixels(
    axes: Axes, pixels: NDArray[np.uint8], extent: tuple[float, float, float, float]
) -> None:
    """Draw uint8 pixels (H, W, C), C being 1 or 3, between `extent`: left, right, bottom and top."""
    axes.imshow(
        pixels[..., 0] if pixels.shape[2] == 1 else pixels,
        extent=extent,
        cmap="gray",
        vmin=0,
        vmax=255,
        interpolation="nearest",
    )
