"""Images of a request as the uint8 array a model was trained on, with a note of every change."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models import ImageShape
from service.inference.bodies.plain_png import decode_plain_png
from workers.datasets.image_file import ImageFileError, decode
from workers.errors import BakeoffError

MOST_IMAGES = 256  # of one request
MOST_BYTES = 32 * 1024**2  # of one request

GREY_DIMENSIONS, COLOUR_DIMENSIONS = 2, 3
BRIGHTEST = 255


class ImageError(BakeoffError):
    """Something that was sent as an image is none; the message says what is accepted."""


@dataclass(frozen=True)
class PreparedImage:
    """uint8 pixels (C, H, W), and in words what was done to get there."""

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
        return _fitted(decode(content), shape)
    except ImageFileError as error:
        raise ImageError(f"{name}: {error}") from None


def from_pixels(values: Any, shape: ImageShape, *, name: str) -> PreparedImage:
    """Rows of numbers 0 to 255, H×W or H×W×C, fitted to `shape`; ImageError where they are not."""
    accepted = f"{name}: accepted are numbers 0 to 255 as H×W or H×W×3"
    try:
        array = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else np.float64)
    except (ValueError, TypeError):
        raise ImageError(f"{accepted}; the rows are uneven or hold other things") from None
    array = array[:, :, None] if array.ndim == GREY_DIMENSIONS else array
    is_image = array.ndim == COLOUR_DIMENSIONS and array.shape[2] in {1, 3}
    if not is_image or array.size == 0:
        raise ImageError(f"{accepted}; the shape is {array.shape}")
    pixels = _bytes(array, accepted)
    if pixels.shape[:2] == (shape.height, shape.width) and pixels.shape[2] == shape.channels:
        return PreparedImage(np.ascontiguousarray(pixels.transpose(2, 0, 1)), [])
    image = Image.fromarray(pixels if pixels.shape[2] > 1 else pixels[:, :, 0])
    return _fitted(image, shape)


def _bytes(array: NDArray[Any], accepted: str) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array
    if not np.isfinite(array).all() or array.min() < 0 or array.max() > BRIGHTEST:
        raise ImageError(f"{accepted}; some number is outside")
    return np.round(array).astype(np.uint8)


def _fitted(image: Image.Image, shape: ImageShape) -> PreparedImage:
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
