"""Decodes an image file from a stranger, which is bounded before it is decoded."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from workers.datasets.images.decoding import by_pillow, heic, plain_jpeg, png, tiff
from workers.datasets.images.decoding.bounds import MAX_PIXELS, ImageFileError
from workers.datasets.images.decoding.file_format import (
    FORMATS,
    format_of,
    stated_pixels,
    takes_long,
)
from workers.datasets.images.decoding.flattening import flatten, is_grey
from workers.datasets.images.geometry import Geometry

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "DecodedFile",
    "ImageFileError",
    "Measured",
    "decode",
    "decode_file",
    "measure",
    "measure_pixels",
    "stated_pixels",
    "takes_long",
]

SUFFIXES = {suffix for suffixes in FORMATS.values() for suffix in suffixes}
ACCEPTED = f"accepted are {', '.join(FORMATS)}"
LONGEST = 200  # characters of a decoder's own words

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of an image before its pixels are needed."""

    width: int  # upright
    height: int
    is_grey: bool
    #: Lowest and highest number, where a sample has more than 8 bits; None where it has 8. Where the
    #: file says which number is white, that is the highest.
    extremes: tuple[float, float] | None = None
    is_whole: bool = True  # its numbers are integers


@dataclass(frozen=True, slots=True)
class DecodedFile:
    """Pixels as `decode` gives them, and the upright size of the file they were decoded from."""

    pixels: NDArray[Any]
    width: int
    height: int
    white: float | None = None  # the number that is white, where the file says it

    @property
    def measured(self) -> Measured:
        """What `measure` says of the file, where it was decoded at its full depth."""
        measured = replace(measure_pixels(self.pixels), width=self.width, height=self.height)
        if measured.extremes is None or self.white is None:
            return measured
        lowest, highest = measured.extremes
        return replace(measured, extremes=(lowest, max(highest, self.white)))


def measure(content: bytes) -> Measured:
    """Size and kind of an image file, from its header alone where that says all; ImageFileError."""
    measured = _read_or_refuse(_measure_header, content)
    return measured or decode_file(content).measured


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

    The numbers are uint8, or uint16 or float32 where a PNG or TIFF has more than 8 bits a sample;
    see `workers/datasets/images/pixel_scale.py`. Given the `geometry` that it gets afterwards, a large JPEG
    is decoded at the smallest scale that still covers it. Transparent pixels are laid on white.
    ImageFileError says what is accepted.
    """
    return decode_file(content, geometry).pixels


def decode_file(content: bytes, geometry: Geometry | None = None) -> DecodedFile:
    """The same, with the size that the image has in full."""
    return _read_or_refuse(lambda content: _decode(content, geometry), content)


def _decode(content: bytes, geometry: Geometry | None) -> DecodedFile:
    kind = _format(content)
    if kind == "HEIC":
        heif = heic.open_heic(content)
        return DecodedFile(flatten(heic.load_heic(heif)), *heif.size)
    tags = tiff.read_tags(content) if kind == "TIFF" else {}
    if tiff.is_deep(tags):
        pixels = tiff.decode_deep(content, tags)
        return _at_full_size(pixels, tiff.stated_white(pixels, tags))
    if kind == "JPEG" and (plain := plain_jpeg.decode(content, geometry)) is not None:
        return _at_full_size(plain)
    file = by_pillow.open_file(content, kind)
    orientation = by_pillow.orientation_of(content, file)
    if kind == "PNG" and png.is_deep(content):
        return _at_full_size(*png.decode_deep(content, orientation))
    size = by_pillow.upright_size(file, orientation)
    pixels = by_pillow.load(content, file, orientation, geometry)
    return DecodedFile(pixels, *size, white=tiff.stated_white(pixels, tags))


def _at_full_size(pixels: NDArray[Any], white: float | None = None) -> DecodedFile:
    height, width = pixels.shape[:2]
    return DecodedFile(pixels, width, height, white)


def _measure_header(content: bytes) -> Measured | None:
    """What the header says; None where pixels have more than 8 bits and must be looked at."""
    kind = _format(content)
    if kind == "HEIC":
        heif = heic.open_heic(content)
        width, height = heif.size
        return Measured(width, height, is_grey(heif.mode))
    is_deep_tiff = kind == "TIFF" and tiff.is_deep(tiff.read_tags(content))
    if is_deep_tiff or (kind == "PNG" and png.is_deep(content)):
        return None
    file = by_pillow.open_file(content, kind)
    if file.mode in by_pillow.DEEP_MODES:
        return None
    width, height = by_pillow.upright_size(file, by_pillow.orientation_of(content, file))
    return Measured(width, height, is_grey(file.mode))


def _format(content: bytes) -> str:
    kind = format_of(content)
    if kind is None:
        raise ImageFileError(f"not an image; {ACCEPTED}")
    return kind


def _read_or_refuse(read: Callable[[bytes], Result], content: bytes) -> Result:
    """What `read` makes of a file; ImageFileError whatever it raises."""
    try:
        return read(content)
    except ImageFileError:
        raise
    except Exception as error:  # noqa: BLE001 - decoders raise anything for a damaged file
        said = " ".join(str(error).split())[:LONGEST] or type(error).__name__
        raise ImageFileError(
            f"the image is damaged or of a kind that is not read ({said}); {ACCEPTED}"
        ) from None
