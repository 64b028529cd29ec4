"""PNG files decoded without Pillow: the same pixels, or Pillow's after all."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from models import ImageShape
from service.inference.bodies.images import ImageError, from_file
from service.inference.bodies.plain_png import decode_plain_png
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import ImageFileError, decode
from workers.datasets.images.preparation import Preparation

SHAPES = st.builds(ImageShape, st.sampled_from([1, 3]), st.integers(1, 9), st.integers(1, 9))


def written(shape, **options):
    """A PNG of noise, and its pixels (C, H, W)."""
    generator = np.random.default_rng(sum(shape))
    pixels = generator.integers(0, 256, shape, dtype=np.uint8)
    image = Image.fromarray(pixels[0] if shape.channels == 1 else pixels.transpose(1, 2, 0))
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue(), pixels


def with_chunk(content, kind, data):
    """The same file with one more chunk before its end."""
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return content[:-12] + struct.pack(">I", len(data)) + kind + data + checksum + content[-12:]


@given(SHAPES)
def test_what_fits_is_decoded_to_its_pixels(shape):
    content, pixels = written(shape)
    np.testing.assert_array_equal(decode_plain_png(content, shape), pixels)


@given(SHAPES, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 7)), min_size=1, max_size=3))
def test_a_damaged_file_is_never_taken_for_something_else(shape, flips):
    content = bytearray(written(shape)[0])
    for at, bit in flips:
        content[at % len(content)] ^= 1 << bit
    same_as_pillow_or_none(bytes(content), shape)


@given(SHAPES, st.integers(1, 400))
def test_a_file_that_ends_early_is_never_taken_for_something_else(shape, missing):
    content = written(shape)[0]
    same_as_pillow_or_none(content[: -min(missing, len(content))], shape)


def same_as_pillow_or_none(content, shape):
    found = decode_plain_png(content, shape)
    if found is not None:
        preparation = Preparation(shape.channels, Geometry(shape.width, shape.height, "crop"))
        slowly = preparation.apply_to_file(content)
        np.testing.assert_array_equal(found, slowly.transpose(2, 0, 1))


@pytest.mark.parametrize("other", [ImageShape(3, 8, 8), ImageShape(1, 9, 8), ImageShape(1, 8, 9)])
def test_another_size_or_colour_is_left_to_pillow(other):
    content, _ = written(ImageShape(1, 8, 8))
    assert decode_plain_png(content, other) is None


def test_what_may_change_pixels_is_left_to_pillow():
    shape = ImageShape(1, 8, 8)
    for options in ({"transparency": 3}, {"exif": turned()}, {"pnginfo": text()}):
        content, _ = written(shape, **options)
        assert decode_plain_png(content, shape) is None, options
    content, pixels = written(shape)
    assert decode_plain_png(with_chunk(content, b"acTL", bytes(8)), shape) is None
    density = with_chunk(content, b"pHYs", bytes(9))
    np.testing.assert_array_equal(decode_plain_png(density, shape), pixels)


def test_a_damaged_file_is_refused_in_pillows_words():
    content, _ = written(ImageShape(1, 8, 8))
    broken = content[:45] + b"\xff\xff" + content[47:]
    with pytest.raises(ImageFileError) as said:
        decode(broken)
    with pytest.raises(ImageError, match="the body: the image is damaged") as ours:
        from_file(broken, Preparation(1, Geometry(8, 8)), name="the body")
    assert str(ours.value) == f"the body: {said.value}"


def png(*chunks):
    """A PNG of 8 × 8 grey pixels with these chunks after its header."""
    start = written(ImageShape(1, 8, 8))[0][:33]
    return start + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (*chunks, (b"IEND", b""))
    )


def test_a_file_without_pixels_is_refused_in_pillows_words():
    with pytest.raises(ImageError, match="the body"):
        from_file(png(), Preparation(1, Geometry(8, 8)), name="the body")


def test_what_inflates_to_more_than_the_image_is_left_to_pillow_which_stops_there():
    zeros = zlib.compress(bytes(8 * 1024**2))
    assert decode_plain_png(png((b"IDAT", zeros)), ImageShape(1, 8, 8)) is None


def turned():
    exif = Image.Exif()
    exif[0x0112] = 3
    return exif


def text():
    found = PngImagePlugin.PngInfo()
    found.add_text("XML:com.adobe.xmp", "<x tiff:Orientation='3'/>")
    return found
