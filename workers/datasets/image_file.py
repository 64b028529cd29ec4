"""Decodes an image file from a stranger, which is bounded before it is decoded."""

import io
import struct

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 64_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
GREY_MODES = {"1", "L", "LA", "I", "I;16", "I;16B", "F"}


class ImageFileError(ValueError):
    """The bytes are not an image that is accepted; the message says which are."""


def decode(content: bytes) -> Image.Image:
    """Decode an image into mode L where it is grey and RGB elsewhere, upright and without alpha.

    16-bit grey becomes 8-bit, transparent pixels are laid on white, and EXIF orientation is applied.
    """
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise ImageFileError(
                f"the image has {image.width}×{image.height} pixels; at most"
                f" {MOST_PIXELS:,} are accepted"
            )
        image.load()
    except UnidentifiedImageError:
        raise ImageFileError(f"not an image; accepted are {', '.join(FORMATS)}") from None
    except Image.DecompressionBombError:
        raise ImageFileError(
            f"more than {MOST_PIXELS:,} pixels, which is the most accepted"
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        if isinstance(error, ImageFileError):
            raise
        raise ImageFileError(f"the image is damaged ({error})") from None
    ImageOps.exif_transpose(image, in_place=True)
    return _flattened(image)


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
