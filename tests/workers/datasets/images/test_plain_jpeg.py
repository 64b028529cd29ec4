"""A plain JPEG is decoded without Pillow, to the same pixels; all others are left to Pillow."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from tests.workers.datasets.images.image_files import (
    colour_image,
    encoded,
    noise,
    reddish_ink,
    turned,
)
from workers.datasets.images.decoding import by_pillow, plain_jpeg
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import ImageFileError, decode

PLAIN = encoded(colour_image(), "JPEG")

options = st.fixed_dictionaries(
    {},
    optional={
        "quality": st.integers(1, 100),
        "subsampling": st.sampled_from(["4:4:4", "4:2:2", "4:2:0"]),
        "optimize": st.booleans(),
        "restart_marker_rows": st.integers(1, 3),
        "comment": st.text(max_size=5),
        "dpi": st.just((300, 300)),
    },
)


def by_pillow_alone(content: bytes) -> NDArray[np.generic]:
    file = by_pillow.open_file(content, "JPEG")
    return by_pillow.load(content, file, by_pillow.orientation_of(content, file), None)


@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from(["L", "RGB"]), options)
def test_the_pixels_are_those_of_pillow(
    width: int, height: int, mode: str, options: dict[str, object]
) -> None:
    image = Image.fromarray(noise(height, width, 3)).convert(mode)
    content = encoded(image, "JPEG", **options)

    pixels = plain_jpeg.decode(content, None)

    assert pixels is not None
    np.testing.assert_array_equal(pixels, by_pillow_alone(content))


UNUSUAL = {
    "progressive": encoded(colour_image(), "JPEG", progressive=True),
    "CMYK": encoded(colour_image().convert("CMYK"), "JPEG"),
    "RGB": encoded(colour_image(), "JPEG", keep_rgb=True),
    "turned": encoded(colour_image(), "JPEG", exif=turned(6)),
    "with a profile": encoded(colour_image(), "JPEG", icc_profile=reddish_ink()),
    "with something behind it": PLAIN + b"more",
    "without its end": PLAIN[:-2],
    "without pixels": PLAIN[: PLAIN.index(b"\xff\xda")] + b"\xff\xd9",
    "without a size": PLAIN.replace(b"\xff\xc0", b"\xff\xfe"),
    "of nothing": b"",
    "of nothing but comments": PLAIN[:20] + 60 * b"\xff\xfe\0\2" + PLAIN[20:],
}


@pytest.mark.parametrize("how", UNUSUAL)
def test_what_is_not_plain_is_left_to_pillow(how: str) -> None:
    assert plain_jpeg.decode(UNUSUAL[how], None) is None


def test_a_jpeg_that_may_be_decoded_at_a_smaller_scale_is_left_to_pillow() -> None:
    content = encoded(colour_image(80, 60), "JPEG")

    assert plain_jpeg.decode(content, Geometry(40, 30)) is None
    assert plain_jpeg.decode(content, Geometry(41, 30)) is not None


def test_a_jpeg_that_is_cut_off_anywhere_is_refused() -> None:
    for length in range(len(PLAIN)):
        with pytest.raises(ImageFileError):
            decode(PLAIN[:length])


def test_a_damaged_jpeg_is_decoded_as_pillow_does_or_left_to_it() -> None:
    chance, decoded = random.Random(0), 0  # noqa: S311 - the same files in every run
    for _ in range(3000):
        content = bytearray(PLAIN)
        for _ in range(chance.randint(1, 3)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            pixels = plain_jpeg.decode(bytes(content), None)
        except ImageFileError:  # too large
            continue
        if pixels is not None:
            decoded += 1
            np.testing.assert_array_equal(pixels, by_pillow_alone(bytes(content)))
    assert decoded > 1000
