"""A map over the image it belongs to, as a picture."""

import io

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

#: Crameri's managua: orange speaks for the class, blue against it. Both become lighter evenly, and are
#: told apart with any kind of colour vision (doi:10.1038/s41467-020-19160-7).
COLOURS = colormaps["managua_r"]
BRIGHTEST = 0.65  # of the image, so that colours stand out where it is white
MIN_SIDE = 256  # pixels of the picture's longer side: small images are enlarged by a whole number
LUMINANCE = np.array([0.299, 0.587, 0.114])  # of red, green and blue: ITU-R BT.601


def draw_overlay(pixels: NDArray[np.uint8], values: NDArray[np.float32]) -> bytes:
    """Draw values (H, W) from −1 to 1 over pixels (C, H, W), which become grey; gives a PNG."""
    grey = pixels[0] if len(pixels) == 1 else np.tensordot(LUMINANCE, pixels, axes=1)
    # Where a value is 0 the image shows alone; where it is 1 or −1, the colour alone.
    opacity = np.sqrt(np.abs(values))[..., None]
    colours = COLOURS((values + 1) / 2)[..., :3]
    blended = (1 - opacity) * (BRIGHTEST * grey / 255)[..., None] + opacity * colours
    factor = max(1, MIN_SIDE // max(values.shape))
    enlarged = (
        np.round(255 * blended).astype(np.uint8).repeat(factor, axis=0).repeat(factor, axis=1)
    )
    written = io.BytesIO()
    Image.fromarray(enlarged).save(written, "PNG")
    return written.getvalue()
