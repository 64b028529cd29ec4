"""What a header asks for is checked before it is allocated."""

import struct
import zlib

import numpy as np
import pytest

from tests.workers.datasets.images.image_files import (
    samples,
    with_chunk,
    with_png_size,
)
from workers.datasets.images.image_file import (
    ImageFileError,
    decode,
    measure,
    stated_pixels,
)

SAMPLES = samples()


def test_too_many_pixels_are_refused_by_the_header() -> None:
    huge = 60_000, 60_000
    webp = bytearray(SAMPLES["WEBP RGBA"])
    webp[24:30] = (16_000).to_bytes(3, "little") * 2
    contents = [
        with_png_size(SAMPLES["PNG RGB"], *huge),
        with_png_size(SAMPLES["PNG 16 bit 3"], *huge),
        bytes(webp),
        patched_gif(*huge),
        patched_jpeg(SAMPLES["JPEG RGB"], *huge),
    ]
    for content in contents:
        for read in (measure, decode):
            with pytest.raises(ImageFileError, match="at most 64,000,000 are accepted"):
                read(content)
        assert (stated_pixels(content) or 0) > 64_000_000


def test_too_many_bytes_are_refused_by_the_header() -> None:
    content = with_png_size(SAMPLES["PNG 16 bit 4"], 8000, 7900)

    with pytest.raises(ImageFileError, match="384,000,000 bytes are accepted"):
        decode(content)


def test_a_text_that_grows_is_refused() -> None:
    grown = b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9)

    with pytest.raises(ImageFileError, match="too large"):
        decode(with_chunk(SAMPLES["PNG RGB"], b"zTXt", grown))


def test_a_text_in_a_deep_image_is_not_read() -> None:
    grown = b"p\0\0" + zlib.compress(bytes(900_000), 9)
    content = with_chunk(SAMPLES["PNG 16 bit 3"], b"iCCP", grown)

    np.testing.assert_array_equal(decode(content), decode(SAMPLES["PNG 16 bit 3"]))


def test_a_jpeg_that_goes_over_its_pixels_for_ever_is_refused() -> None:
    whole = patched_jpeg(SAMPLES["JPEG progressive"], 7900, 8000)
    last = whole.rindex(b"\xff\xda")
    content = whole[:last] + whole[last:-2] * 50 + whole[-2:]

    with pytest.raises(ImageFileError, match="goes over its 7900×8000 pixels"):
        decode(content)


def patched_gif(width: int, height: int) -> bytes:
    content = SAMPLES["GIF P"]
    return content[:6] + struct.pack("<HH", width, height) + content[10:]


def patched_jpeg(content: bytes, width: int, height: int) -> bytes:
    at = max(content.find(b"\xff\xc0"), content.find(b"\xff\xc2"))
    return content[: at + 5] + struct.pack(">HH", height, width) + content[at + 9 :]
