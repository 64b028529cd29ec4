"""Pillow's images of any mode → uint8 pixels: grey where they are grey, on white, in sRGB."""

import io
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

GREY_MODES = {"1", "L", "LA", "La"}
STRIP = 2**20  # pixels
ROWS = 64  # computed at once: wide numbers of all pixels would take gigabytes
ALPHA_MODES = {"LA", "PA", "RGBA", "La", "RGBa"}


def is_grey(mode: str) -> bool:
    """Whether an image of one of Pillow's modes becomes (H, W), and not (H, W, 3)."""
    return mode in GREY_MODES


def flatten(image: Image.Image) -> NDArray[np.uint8]:
    """uint8 pixels (H, W) or (H, W, 3) of an image of 8 bits, transparent pixels laid on white.

    A large image is flattened a strip at a time: Pillow holds the interpreter's lock meanwhile, and
    for the whole of it that would be a second. It takes less memory too.
    """
    width, height = image.size
    if width * height <= STRIP:
        return _flatten(image)
    pixels = np.empty((height, width) if is_grey(image.mode) else (height, width, 3), np.uint8)
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        pixels[top:bottom] = _flatten(image.crop((0, top, width, bottom)))
    return pixels


def whiten(pixels: NDArray[Any], colour: Any, *, white: int) -> NDArray[Any]:
    """Pixels (H, W) or (H, W, 3) whose transparent colour has become white."""
    is_transparent = pixels == np.asarray(colour)
    if is_transparent.ndim > 2:  # noqa: PLR2004 - colour
        is_transparent = is_transparent.all(axis=2)
    pixels = pixels.copy()
    pixels[is_transparent] = white
    return pixels


def lay_on_white(pixels: NDArray[np.uint16], alpha: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """16-bit pixels (H, W, C) with an alpha of (H, W) that is not multiplied into them yet."""
    laid = np.empty_like(pixels)
    white = np.uint32(65535)
    for at in range(0, len(pixels), ROWS):
        rows = slice(at, at + ROWS)
        wide, opacity = pixels[rows].astype(np.uint32), alpha[rows].astype(np.uint32)[..., None]
        # The largest sum is 65535² + 32767, which 32 bits hold.
        laid[rows] = (wide * opacity + white * (white - opacity) + np.uint32(32767)) // white
    return laid


def _flatten(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode == "1":
        image = _without_bits(image)
    transparency = image.info.get("transparency")
    if image.mode in {"L", "RGB"}:
        pixels = np.asarray(image)
        return pixels if transparency is None else whiten(pixels, transparency, white=255)
    if image.mode in ALPHA_MODES or transparency is not None:
        return _on_white(image)
    if image.mode in {"CMYK", "LAB"}:
        return np.asarray(_to_srgb(image))
    return np.asarray(image.convert("RGB"))


def _without_bits(image: Image.Image) -> Image.Image:
    """A black and white image as grey, and the number of its transparent colour with it."""
    grey = image.convert("L")
    if "transparency" in image.info:
        grey.info["transparency"] = 255 if image.info["transparency"] else 0
    return grey


def _on_white(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode == "La":
        image = image.convert("LA")  # the only mode that Pillow takes it to
    was_grey = is_grey(image.mode)
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return np.asarray(white.convert("L" if was_grey else "RGB"))


def _to_srgb(image: Image.Image) -> Image.Image:
    """CMYK by its own profile where it has one that can be read, and else by Pillow's rule."""
    try:
        profile = None if image.mode == "LAB" else image.info["icc_profile"]
        converted = Image.new("RGB", image.size)
        _transform(image.mode, profile).apply(image, converted)
    except (KeyError, TypeError, OSError, ValueError):
        return image.convert("RGB")
    return converted


@lru_cache(maxsize=4)  # the photographs of one camera or press have one profile
def _transform(mode: str, content: bytes | None) -> ImageCms.ImageCmsTransform:
    """From the colours of a profile, or from CIELAB, to sRGB: it takes 20 ms to make."""
    source = ImageCms.createProfile("LAB") if content is None else io.BytesIO(content)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    flags = ImageCms.Flags.NOCACHE  # so that threads may share it
    return ImageCms.ImageCmsTransform(
        ImageCms.ImageCmsProfile(source), srgb, mode, "RGB", flags=flags
    )
