"""Preparation: the same file is the same pixels, and numbers of more than 8 bits have a scale."""

import numpy as np
import pytest

from tests.workers.datasets.images.image_files import colour_image, encoded, png16, tiff
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import ImageFileError
from workers.datasets.images.pixel_scale import PixelScale
from workers.datasets.images.preparation import Preparation

GEOMETRY = Geometry(16, 12, "crop")


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "HEIC"])
def test_any_file_becomes_pixels_of_the_dataset(kind: str, channels: int) -> None:
    pixels = Preparation(channels, GEOMETRY).apply_to_file(encoded(colour_image(), kind))

    assert (pixels.shape, pixels.dtype) == ((12, 16, channels), np.uint8)


def test_what_is_prepared_already_stays_as_it_is() -> None:
    preparation = Preparation(3, GEOMETRY)
    pixels = preparation.apply_to_file(encoded(colour_image(), "PNG"))

    np.testing.assert_array_equal(preparation.apply_to_pixels(pixels), pixels)


def test_the_scale_of_the_dataset_is_used() -> None:
    preparation = Preparation(1, Geometry(3, 1), PixelScale(0, 4095))

    assert preparation.apply_to_file(
        png16(np.array([[0, 2048, 5000]], np.uint16))
    ).ravel().tolist() == [*(0, 128, 255)]


def test_without_one_it_is_that_of_the_type() -> None:
    preparation = Preparation(1, Geometry(3, 1))

    sixteen = preparation.apply_to_file(png16(np.array([[0, 257, 65535]], np.uint16)))
    floats = preparation.apply_to_file(tiff(np.array([[0, 0.5, 1]], np.float32)))
    signed = preparation.apply_to_file(tiff(np.array([[-1, 0, 1]], np.float32)))

    assert sixteen.ravel().tolist() == [0, 1, 255]
    assert floats.ravel().tolist() == [0, 128, 255]
    assert signed.ravel().tolist() == [0, 128, 255]


def test_floats_on_no_usual_scale_are_refused_with_those_that_are_accepted() -> None:
    content = tiff(np.array([[-1000, 0, 3000]], np.float32))

    with pytest.raises(
        ImageFileError, match=r"from -1000 to 3000; accepted are floats from 0 to 1"
    ):
        Preparation(1, Geometry(3, 1)).apply_to_file(content)


def test_it_is_stored_and_read_again() -> None:
    for scale in (None, PixelScale(0, 4095)):
        preparation = Preparation(3, GEOMETRY, scale)
        assert Preparation.from_json(preparation.as_json()) == preparation
        assert Preparation.of_model(preparation.as_json(), (1, 1, 1)) == preparation


def test_a_model_of_an_earlier_version_stretches() -> None:
    assert Preparation.of_model(None, [1, 28, 32]) == Preparation(1, Geometry(32, 28, "stretch"))
