"""TIFF files of more than 8 bits a sample, which Pillow cuts to 8 or does not read."""

import io
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from workers.datasets.images.decoding.bounds import ImageFileError, check_size
from workers.datasets.images.decoding.deep_pixels import as_deep_pixels, turn
from workers.datasets.images.decoding.flattening import lay_on_white
from workers.datasets.images.pixel_scale import WHOLE_NUMBERS

WIDTH, HEIGHT, BITS, PHOTOMETRIC, ORIENTATION = 256, 257, 258, 262, 274
SAMPLES, MAX_SAMPLE, TILE_WIDTH, TILE_HEIGHT, EXTRA = 277, 281, 322, 323, 338
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = 0, 1, 2  # photometric interpretations
PREMULTIPLIED, ALPHA = 1, 2  # what an extra sample is
DEEPEST = 16  # bits of uint16
WHOLE_BYTES = {16, 32, 64}  # bits of a sample that libtiff gives as numbers
BIG = 16  # bytes of the header of a BigTIFF; others have 8


def read_tags(content: bytes) -> dict[int, Any]:
    """The tags of the first image of a TIFF file."""
    is_big = content[2:3] == b"+" or content[3:4] == b"+"
    directory = ImageFileDirectory_v2(content[: BIG if is_big else 8])
    stream = io.BytesIO(content)
    stream.seek(directory.next)
    directory.load(stream)
    return dict(directory)


def is_deep(tags: dict[int, Any]) -> bool:
    """Whether samples have more than 8 bits and are grey or red, green and blue."""
    bits = _several(tags, BITS, 1)
    return max(bits) in WHOLE_BYTES and tags.get(PHOTOMETRIC) in {WHITE_IS_ZERO, BLACK_IS_ZERO, RGB}


def decode_deep(content: bytes, tags: dict[int, Any]) -> NDArray[Any]:
    """Such a TIFF → upright uint16 or float32 (H, W) or (H, W, 3), laid on white."""
    _check(tags)
    array = imagecodecs.tiff_decode(content)
    shape = (tags[HEIGHT], tags[WIDTH], tags.get(SAMPLES, 1))
    if array.shape[-2:] == shape[:2] and shape[2] > 1:
        array = np.moveaxis(array, 0, -1)  # a plane for each colour
    pixels = as_deep_pixels(array.reshape(shape))
    if tags[PHOTOMETRIC] == WHITE_IS_ZERO:
        pixels = _invert(pixels)
    num_colours = 3 if tags[PHOTOMETRIC] == RGB else 1
    pixels = _on_white(pixels, num_colours, _several(tags, EXTRA, 0))
    return turn(pixels if num_colours > 1 else pixels[..., 0], tags.get(ORIENTATION, 1))


def stated_white(pixels: NDArray[Any], tags: dict[int, Any]) -> float | None:
    """The number that is white, where the tags say it of uint16 pixels as `decode_deep` gives them.

    Samples of 12 bits say it by their size. In 16 bits MaxSampleValue says it where it is the highest
    number of so many bits: else it may be the highest of this image, and says nothing about white.
    """
    if pixels.dtype != np.uint16 or tags.get(PHOTOMETRIC) == WHITE_IS_ZERO:
        return None
    bits = max(_several(tags, BITS, 1))
    white = 2**bits - 1 if bits < DEEPEST else max(_several(tags, MAX_SAMPLE, 0))
    return float(white) if white in WHOLE_NUMBERS and pixels.max() <= white else None


def _check(tags: dict[int, Any]) -> None:
    samples = tags.get(SAMPLES, 1)
    check_size(
        tags[WIDTH], tags[HEIGHT], bytes_per_pixel=samples * max(_several(tags, BITS, 1)) // 8
    )
    tile = tags.get(TILE_WIDTH, 1), tags.get(TILE_HEIGHT, 1)
    check_size(*tile, bytes_per_pixel=samples * max(_several(tags, BITS, 1)) // 8)
    if samples < (3 if tags[PHOTOMETRIC] == RGB else 1):
        raise ImageFileError(f"the TIFF has {samples} samples a pixel, and colour takes three")


def _invert(pixels: NDArray[Any]) -> NDArray[Any]:
    if pixels.dtype != np.uint16:
        raise ImageFileError(
            "the TIFF has floats of which 0 is white; they are accepted where 0 is black"
        )
    return np.uint16(65535) - pixels


def _on_white(pixels: NDArray[Any], num_colours: int, extra: tuple[int, ...]) -> NDArray[Any]:
    """Pixels without their samples beyond colours; the first of those may be an alpha."""
    colours = pixels[..., :num_colours]
    if pixels.shape[2] == num_colours or not extra or extra[0] not in {PREMULTIPLIED, ALPHA}:
        return np.ascontiguousarray(colours)
    if pixels.dtype != np.uint16:
        raise ImageFileError(
            "the TIFF has transparency in floats, which is accepted in whole numbers alone"
        )
    alpha = pixels[..., num_colours]
    if extra[0] == ALPHA:
        return lay_on_white(colours, alpha)
    white = 65535 - alpha.astype(np.uint32)[..., None]
    return np.minimum(colours + white, 65535).astype(np.uint16)


def _several(tags: dict[int, Any], tag: int, default: int) -> tuple[int, ...]:
    value = tags.get(tag, default)
    return value if isinstance(value, tuple) else (value,)
