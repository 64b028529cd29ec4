"""Images of a request as the uint8 pixels a model was trained on, with a note of every change."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models import ImageShape
from service.inference.bodies.errors import ImageError
from service.inference.bodies.pixels import as_array, as_bytes, channels_last
from service.inference.bodies.plain_png import decode_plain_png, is_plain
from workers.datasets.images.image_file import (
    MAX_PIXELS,
    ImageFileError,
    decode_file,
    stated_pixels,
    takes_long,
)
from workers.datasets.images.pixel_scale import PixelScale
from workers.datasets.images.preparation import Preparation

# Rounded up from what the smallest and the larger files take: it decides where they are decoded.
SECONDS_PER_FILE, SECONDS_PER_PIXEL = 60e-6, 15e-9
SECONDS_PER_PLAIN_PNG, SECONDS_PER_SAMPLE = 8e-6, 3e-9
SECONDS_PER_BYTE = 3e-9
SECONDS_PER_NUMBER = 5e-9  # in an array
SECONDS_PER_OBJECT = 60e-9  # in nested lists of Python


class Cost(NamedTuple):
    """What it takes to prepare an image."""

    seconds: float  # about
    pixels: int  # that are decoded, by the header of the file; 0 where they have come as numbers


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


def from_file(content: bytes, preparation: Preparation, *, name: str) -> PreparedImage:
    """Decode an image file and prepare it as the training images were; ImageError names the file."""
    pixels = decode_plain_png(content, ImageShape(*preparation.shape))
    if pixels is not None:
        return PreparedImage(pixels, [])
    try:
        file = decode_file(content, preparation.geometry)
        return prepare_pixels(file.pixels, (file.width, file.height), preparation)
    except ImageFileError as error:
        raise ImageError(f"{name}: {error}") from None


def cost_of_file(content: bytes, shape: ImageShape) -> Cost:
    """What from_file() takes, from the length and the header of the file."""
    seconds = len(content) * SECONDS_PER_BYTE
    if is_plain(content, shape):
        seconds += SECONDS_PER_PLAIN_PNG + math.prod(shape) * SECONDS_PER_SAMPLE
        return Cost(seconds, shape.height * shape.width)
    stated = stated_pixels(content)
    num_pixels = MAX_PIXELS if stated is None else min(stated, MAX_PIXELS)  # more are refused
    if stated is None or takes_long(content):
        return Cost(math.inf, num_pixels)
    return Cost(seconds + SECONDS_PER_FILE + num_pixels * SECONDS_PER_PIXEL, num_pixels)


def from_rows(rows: list[Any], preparation: Preparation, *, name: str) -> PreparedImage:
    """Prepare nested lists of numbers, H×W or H×W×C; ImageError names the image."""
    accepted = f"{name}: accepted are {range_of(preparation.scale)} as H×W or H×W×3"
    try:
        numbers = as_array(rows)
    except (ValueError, TypeError, OverflowError):
        raise ImageError(f"{accepted}; the rows are uneven or hold other things") from None
    numbers = channels_last(numbers, leading_axes=0, accepted=accepted)
    pixels = as_bytes(numbers, accepted=accepted, scale=preparation.scale)
    return fit_pixels(pixels, preparation)


def range_of(scale: PixelScale | None) -> str:
    """The numbers that pixels may be, in words."""
    return "numbers 0 to 255" if scale is None else f"numbers {scale.black:g} to {scale.white:g}"


def fit_pixels(pixels: NDArray[np.uint8], preparation: Preparation) -> PreparedImage:
    """Prepare uint8 pixels (H, W, C)."""
    height, width, channels = pixels.shape
    return prepare_pixels(pixels if channels > 1 else pixels[:, :, 0], (width, height), preparation)


def prepare_pixels(
    pixels: NDArray[Any], size: tuple[int, int], preparation: Preparation
) -> PreparedImage:
    """Pixels (H, W) or (H, W, 3) of an image that had this width and height; ImageFileError."""
    prepared = preparation.apply_to_pixels(pixels).transpose(2, 0, 1)
    return PreparedImage(np.ascontiguousarray(prepared), _changes(pixels, size, preparation))


def _changes(pixels: NDArray[Any], size: tuple[int, int], preparation: Preparation) -> list[str]:
    """What is done to an image, in words."""
    notes = []
    scale = preparation.scale_of(pixels)
    if scale is not None and preparation.scale is None:
        notes.append(f"{range_of(scale)} became 0 to 255: the model was trained on 8 bits")
    is_grey = pixels.ndim == 2  # noqa: PLR2004 - no axis of channels
    if is_grey != (preparation.channels == 1):
        notes.append("grey turned to colour" if is_grey else "colour turned to grey")
    return notes + preparation.geometry.changes(*size)
