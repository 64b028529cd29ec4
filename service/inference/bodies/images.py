"""Images of a request as the uint8 pixels a model was trained on, with a note of every change."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models import ImageShape
from service.inference.bodies.errors import ImageError
from service.inference.bodies.pixels import as_pixels
from service.inference.bodies.plain_png import decode_plain_png
from workers.datasets.image_file import ImageFileError, decode


@dataclass(frozen=True)
class PreparedImage:
    """uint8 pixels (C, H, W), and what was done to the image, in words."""

    pixels: NDArray[np.uint8]
    notes: list[str]


@dataclass(frozen=True)
class PreparedImages:
    """What a model takes: uint8 pixels (N, C, H, W), and what was done to each image."""

    pixels: NDArray[np.uint8]
    notes: list[list[str]]


def from_file(content: bytes, shape: ImageShape, *, name: str) -> PreparedImage:
    """Decode an image file and fit it to `shape`; ImageError names the file."""
    pixels = decode_plain_png(content, shape)
    if pixels is not None:
        return PreparedImage(pixels, [])
    try:
        return _fit_image(Image.fromarray(decode(content)), shape)
    except ImageFileError as error:
        raise ImageError(f"{name}: {error}") from None


def from_rows(rows: list[Any], shape: ImageShape, *, name: str) -> PreparedImage:
    """Fit nested lists of numbers 0 to 255, H×W or H×W×C, to `shape`; ImageError names the image."""
    accepted = f"{name}: accepted are numbers 0 to 255 as H×W or H×W×3"
    try:
        numbers = np.asarray(rows, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        raise ImageError(f"{accepted}; the rows are uneven or hold other things") from None
    return fit_pixels(as_pixels(numbers, leading_axes=0, accepted=accepted), shape)


def fit_pixels(pixels: NDArray[np.uint8], shape: ImageShape) -> PreparedImage:
    """Fit uint8 pixels (H, W, C) to `shape`."""
    if pixels.shape == (shape.height, shape.width, shape.channels):
        return PreparedImage(np.ascontiguousarray(pixels.transpose(2, 0, 1)), [])
    return _fit_image(Image.fromarray(pixels if pixels.shape[2] > 1 else pixels[:, :, 0]), shape)


def _fit_image(image: Image.Image, shape: ImageShape) -> PreparedImage:
    notes = []
    mode = "L" if shape.channels == 1 else "RGB"
    if image.mode != mode:
        notes.append("colour turned to grey" if mode == "L" else "grey turned to colour")
        image = image.convert(mode)
    if image.size != (shape.width, shape.height):
        before = f"{image.width}×{image.height}"
        notes.append(f"resized from {before} to {shape.width}×{shape.height}")
        image = image.resize((shape.width, shape.height), Image.Resampling.BILINEAR)
    array = np.frombuffer(image.tobytes(), np.uint8)  # quicker than asking Pillow for an array
    array = array.reshape(shape.height, shape.width, shape.channels)
    return PreparedImage(array.transpose(2, 0, 1), notes)
