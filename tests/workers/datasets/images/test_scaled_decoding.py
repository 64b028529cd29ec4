"""A large JPEG is decoded at the smallest scale that covers what it is scaled to."""

import numpy as np
import pytest

from tests.workers.datasets.images.image_files import (
    colour_image,
    encoded,
    turned,
)
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import (
    decode,
    decode_file,
)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize(
    ("geometry", "divisor"),
    [
        (Geometry(64, 64, "crop"), 8),
        (Geometry(64, 64, "pad"), 8),
        (Geometry(300, 100, "stretch"), 4),
        (Geometry(301, 301, "crop"), 2),
        (Geometry(700, 10, "crop"), 1),
        (Geometry(2000, 2000, "crop"), 1),
    ],
)
def test_a_jpeg_is_decoded_at_a_scale_that_still_covers(
    geometry: Geometry, divisor: int, orientation: int
) -> None:
    lying = (1207, 803) if orientation == 1 else (803, 1207)
    content = encoded(colour_image(*lying), "JPEG", exif=turned(orientation))

    file = decode_file(content, geometry)

    assert (file.width, file.height) == (1207, 803)
    height, width = file.pixels.shape[:2]
    assert (width, height) == (-(-1207 // divisor), -(-803 // divisor))
    if divisor > 1:
        wanted = geometry.scaled_size(1207, 803)
        assert width >= wanted[0]
        assert height >= wanted[1]


def test_a_scaled_jpeg_looks_the_same_and_is_the_same_each_time() -> None:
    geometry = Geometry(100, 80, "crop")
    content = encoded(colour_image(1600, 1200), "JPEG", quality=95)

    scaled = geometry.apply(decode(content, geometry))

    whole = geometry.apply(decode(content)).astype(int)
    assert np.abs(scaled - whole).max() <= 4
    np.testing.assert_array_equal(scaled, geometry.apply(decode(content, geometry)))
