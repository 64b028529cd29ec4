"""Images of a request as the uint8 pixels a model was trained on, with a note of every change."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models import ImageShape
from service.inference.bodies.errors import ImageError
from service.inference.bodies.file_scale import scale_note
from service.inference.bodies.plain_png import decode_plain_png, is_plain
from workers.datasets.images.image_file import (
    MAX_PIXELS,
    DecodedFile,
    ImageFileError,
    decode_file,
    stated_pixels,
    takes_long,
)
from workers.datasets.images.preparation import Preparation

# Rounded up from what the smallest and the larger files take: it decides where they are decoded.
SECONDS_PER_FILE, SECONDS_PER_PIXEL = 60e-6, 15e-9
SECONDS_PER_PLAIN_PNG, SECONDS_PER_SAMPLE = 8e-6, 3e-9
SECONDS_PER_BYTE = 3e-9
SECONDS_PER_NUMBER = 5e-9  # in an array


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

    @classmethod
    def of(cls, images: Sequence[PreparedImage]) -> "PreparedImages":
        """At least one image, all of the same shape."""
        return cls(np.stack([image.pixels for image in images]), [image.notes for image in images])


def from_file(
    content: bytes, preparation: Preparation, *, name: str, white: float | None = None
) -> PreparedImage:
    """Decode an image file and prepare it as the training images were; ImageError names the file.

    `white` is the number that the request says is white, in an image of more than 8 bits.
    """
    pixels = decode_plain_png(content, ImageShape(*preparation.shape))
    if pixels is not None:
        return PreparedImage(pixels, [])
    try:
        file = decode_file(content, preparation.geometry)
        note = scale_note(file, preparation, white)
        return _prepare(file, preparation if white is None else preparation.with_white(white), note)
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


def fit_pixels(
    pixels: NDArray[np.uint8], preparation: Preparation, note: str = ""
) -> PreparedImage:
    """Prepare uint8 pixels (H, W, C); `note` says what was done to them before."""
    height, width, channels = pixels.shape
    grey_or_colour = pixels if channels > 1 else pixels[:, :, 0]
    return _prepare(DecodedFile(grey_or_colour, width, height), preparation, note)


def _prepare(file: DecodedFile, preparation: Preparation, note: str) -> PreparedImage:
    """Prepare decoded pixels; ImageFileError."""
    prepared = preparation.apply_to_pixels(file.pixels, file.white).transpose(2, 0, 1)
    notes = [*([note] if note else []), *_changes(file, preparation)]
    return PreparedImage(np.ascontiguousarray(prepared), notes)


def _changes(file: DecodedFile, preparation: Preparation) -> list[str]:
    """What is done to the colours and the size of an image, in words."""
    is_grey = file.pixels.ndim == 2  # noqa: PLR2004 - no axis of channels
    changes = preparation.geometry.changes(file.width, file.height)
    if is_grey == (preparation.channels == 1):
        return changes
    return ["grey turned to colour" if is_grey else "colour turned to grey", *changes]
