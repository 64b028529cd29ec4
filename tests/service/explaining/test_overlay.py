"""The picture of a map over its image."""

import io

import numpy as np
import pytest
from PIL import Image

from service.explaining.overlay import draw_overlay


def drawn(pixels, values):
    return np.asarray(Image.open(io.BytesIO(draw_overlay(pixels, values.astype(np.float32)))))


@pytest.mark.parametrize(
    ("shape", "size"),
    [((1, 8, 8), (256, 256)), ((3, 28, 20), (252, 180)), ((3, 300, 200), (300, 200))],
)
def test_a_small_image_is_enlarged_by_a_whole_number(shape, size):
    picture = drawn(np.zeros(shape, np.uint8), np.zeros(shape[1:]))

    assert picture.shape == (*size, 3)


def test_where_nothing_speaks_for_or_against_the_image_is_grey():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 16, 16), dtype=np.uint8)

    picture = drawn(pixels, np.zeros((16, 16)))

    assert (picture == picture[..., :1]).all()
    assert len(np.unique(picture)) > 50


def test_what_speaks_for_the_class_is_orange_and_what_speaks_against_it_blue():
    values = np.zeros((8, 8))
    values[0, 0], values[7, 7] = 1, -1

    picture = drawn(np.full((1, 8, 8), 255, np.uint8), values).astype(int)

    red, _, blue = picture[0, 0]
    assert red > blue + 100
    red, _, blue = picture[-1, -1]
    assert blue > red + 100
