"""Decodes an image file from a stranger, which is bounded before it is decoded."""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from workers.datasets.geometry import Geometry

MOST_PIXELS = 64_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
GREY_MODES = {"1", "L", "LA", "I", "I;16", "I;16B", "F"}


class ImageFileError(ValueError):
    """The bytes are not an image that is accepted; the message says which are."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of an image before its pixels are needed."""

    width: int  # upright
    height: int
    is_grey: bool
    #: Lowest and highest number, where a sample has more than 8 bits; None where it has 8.
    extremes: tuple[float, float] | None = None
    is_whole: bool = True  # its numbers are integers


def measure(content: bytes) -> Measured:
    """Size and kind of an image file, from its header alone where that says all; ImageFileError."""
    pixels = decode(content)
    return measure_pixels(pixels)


def measure_pixels(pixels: NDArray[Any]) -> Measured:
    """The same of decoded pixels (H, W) or (H, W, 3)."""
    height, width = pixels.shape[:2]
    is_8_bit = pixels.dtype == np.uint8
    return Measured(
        width=width,
        height=height,
        is_grey=pixels.ndim == 2,  # noqa: PLR2004 - no axis of channels
        extremes=None if is_8_bit else (float(pixels.min()), float(pixels.max())),
        is_whole=bool(np.issubdtype(pixels.dtype, np.integer)),
    )


def decode(content: bytes, geometry: Geometry | None = None) -> NDArray[Any]:
    """Decode an image, upright and without alpha: (H, W) where it is grey, else (H, W, 3).

    The numbers are uint8, or uint16 or float32 where the file has more than 8 bits a sample; see
    `workers/datasets/pixel_scale.py`. Given the `geometry` that it gets afterwards, a large JPEG is
    decoded at the smallest scale that still covers it. Transparent pixels are laid on white.
    ImageFileError says what is accepted.
    """
    del geometry
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise ImageFileError(
                f"the image has {image.width}×{image.height} pixels; at most"
                f" {MOST_PIXELS:,} are accepted"
            )
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return np.asarray(_flattened(image))
    except ImageFileError:
        raise
    except UnidentifiedImageError:
        raise ImageFileError(f"not an image; accepted are {', '.join(FORMATS)}") from None
    except Image.DecompressionBombError:
        raise ImageFileError(
            f"more than {MOST_PIXELS:,} pixels, which is the most accepted"
        ) from None
    except Exception as error:  # noqa: BLE001 - decoders raise anything for a damaged file
        raise ImageFileError(f"the image is damaged ({error})") from None


def _flattened(image: Image.Image) -> Image.Image:
    if image.mode in {"L", "RGB"}:
        return image
    if image.mode in {"I", "I;16", "I;16B", "F"}:
        return image.point(lambda value: value / 257).convert("L")
    if image.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in image.info:
        is_grey = image.mode in {"LA", "La"}
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
        return image.convert("L" if is_grey else "RGB")
    return image.convert("L" if image.mode in GREY_MODES else "RGB")
