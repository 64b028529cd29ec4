"""Colours that are stored as ink or as CIELAB become what they look like."""

import imagecodecs
import numpy as np
from PIL import Image

from tests.workers.datasets.images.image_files import (
    colour_image,
    encoded,
    lab_image,
    reddish_ink,
)
from workers.datasets.images.image_file import decode


def test_ink_without_a_profile_is_converted_by_pillows_rule() -> None:
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))

    for kind in ("JPEG", "TIFF"):
        red, green, blue = decode(encoded(cyan, kind))[8, 8].tolist()
        assert red < 10
        assert min(green, blue) > 245


def test_ink_with_a_profile_looks_as_the_profile_says() -> None:
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))

    for kind in ("JPEG", "TIFF"):
        red, green, blue = decode(encoded(cyan, kind, icc_profile=reddish_ink()))[8, 8].tolist()
        assert red > 3 * max(green, blue)


def test_a_profile_that_cannot_be_read_is_left_out() -> None:
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))

    with_nonsense = encoded(cyan, "JPEG", icc_profile=b"nonsense" * 30)

    np.testing.assert_array_equal(decode(with_nonsense), decode(encoded(cyan, "JPEG")))


def test_ink_stored_as_luminance_and_chroma_is_converted() -> None:
    ink = np.full((16, 16, 4), (200, 30, 60, 20), np.uint8)
    content = imagecodecs.jpeg8_encode(
        255 - ink, 95, colorspace="CMYK", outcolorspace="YCCK", subsampling="444"
    )

    expected = np.asarray(Image.fromarray(ink, "CMYK").convert("RGB")).astype(int)
    assert np.abs(decode(bytes(content)) - expected).max() <= 4


def test_lab_is_converted() -> None:
    pixels = decode(encoded(lab_image(), "TIFF"))

    assert np.abs(pixels - np.asarray(colour_image()).astype(int)).mean() < 4
