"""Whatever is transparent is white, and what is half transparent half so."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.workers.datasets.images.image_files import (
    encoded,
    png16,
    tiff_with_alpha,
    with_chunk,
)
from workers.datasets.images.image_file import decode


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIC"])
def test_what_is_transparent_in_colour_is_white(kind: str) -> None:
    assert (decode(encoded(Image.new("RGBA", (16, 16), (9, 9, 9, 0)), kind)) >= 254).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_what_is_half_transparent_in_grey_is_half_white(kind: str) -> None:
    half = Image.new("LA", (3, 2), (100, 127))

    np.testing.assert_array_equal(decode(encoded(half, kind)), np.full((2, 3), 178))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_an_alpha_is_multiplied_into_the_colours_or_not_as_the_file_says(kind: type) -> None:
    most = int(np.iinfo(kind).max)
    pixels = np.full((2, 3, 4), most // 5, kind)
    pixels[..., 3] = most // 2

    multiplied = decode(tiff_with_alpha(pixels, 1)) / most
    separate = decode(tiff_with_alpha(pixels, 2)) / most

    assert np.abs(multiplied - 0.7).max() < 0.01
    assert np.abs(separate - 0.6).max() < 0.01


def test_a_transparent_shade_of_grey_is_white() -> None:
    pixels = np.array([[0, 3, 200]], np.uint8)
    content = encoded(Image.fromarray(pixels), "PNG", transparency=3)

    assert decode(content).tolist() == [[0, 255, 200]]


@pytest.mark.parametrize(("bits", "raw", "shade"), [(1, 0, 0), (2, 1, 85), (4, 7, 119)])
def test_a_transparent_shade_of_few_bits_is_white(bits: int, raw: int, shade: int) -> None:
    row = np.arange(2**bits, dtype=np.uint8)
    packed = np.packbits(np.unpackbits(row[:, None], axis=1)[:, 8 - bits :]).tobytes()
    content = grey_png(len(row), bits, packed)
    scaled = [int(value) * 255 // (2**bits - 1) for value in row]
    assert decode(content).tolist() == [scaled]

    clear = with_chunk(content, b"tRNS", struct.pack(">H", raw))

    assert decode(clear).tolist() == [[255 if n == shade else n for n in scaled]]


def test_a_transparent_colour_is_white() -> None:
    pixels = np.array([[[1, 2, 3], [1, 2, 4], [9, 9, 9]]], np.uint8)
    content = encoded(Image.fromarray(pixels), "PNG", transparency=(1, 2, 3))

    assert decode(content).tolist() == [[[255, 255, 255], [1, 2, 4], [9, 9, 9]]]


def test_transparent_colours_of_a_palette_are_laid_on_white() -> None:
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8)).convert("P")
    image.putpalette([10, 10, 10, 20, 20, 20, 30, 30, 30])
    content = encoded(image, "PNG", transparency=bytes([255, 0, 127]))

    assert decode(content)[0].tolist() == [[10] * 3, [255] * 3, [143] * 3]


def test_a_transparent_shade_of_16_bits_is_white() -> None:
    pixels = np.array([[0, 300, 65535]], np.uint16)
    content = with_chunk(png16(pixels), b"tRNS", struct.pack(">H", 300))

    assert decode(content).tolist() == [[0, 65535, 65535]]


def test_a_transparent_colour_of_16_bits_is_white() -> None:
    pixels = np.array([[[1, 2, 3], [300, 301, 302]]], np.uint16)
    content = with_chunk(png16(pixels), b"tRNS", struct.pack(">3H", 300, 301, 302))

    assert decode(content).tolist() == [[[1, 2, 3], [65535] * 3]]


def test_an_alpha_of_16_bits_is_laid_on_white_in_16_bits() -> None:
    grey = np.array([[[1000, 0], [1000, 65535], [0, 32768]]], np.uint16)
    colour = np.concatenate([grey[..., :1]] * 3 + [grey[..., 1:]], axis=2)
    expected = [65535, 1000, 32767]

    assert decode(png16(grey))[0].tolist() == expected
    assert decode(png16(colour))[0].tolist() == [[n] * 3 for n in expected]
    assert decode(tiff_with_alpha(colour, 2))[0].tolist() == [[n] * 3 for n in expected]


def grey_png(width: int, bits: int, row: bytes) -> bytes:
    """A grey PNG of one row."""
    header = struct.pack(">IIBBBBB", width, 1, bits, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b"")):
        content += struct.pack(">I", len(data)) + kind + data
        content += struct.pack(">I", zlib.crc32(kind + data))
    return content
