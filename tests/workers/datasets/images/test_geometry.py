"""Geometry: every size and proportion, whole and centred."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.datasets.images.geometry import Geometry, with_channels

sides = st.integers(1, 40)
geometries = st.builds(Geometry, sides, sides, st.sampled_from(["crop", "pad", "stretch"]))


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, dtype=np.uint8)


@given(geometries, sides, sides, st.sampled_from([(), (3,)]))
def test_every_image_gets_the_size(
    geometry: Geometry, width: int, height: int, channels: tuple[int, ...]
) -> None:
    pixels = noise(height, width, *channels)

    fitted = geometry.apply(pixels)

    assert fitted.shape == (geometry.height, geometry.width, *channels)
    assert fitted.dtype == np.uint8
    is_unchanged = fitted.shape == pixels.shape and (fitted == pixels).all()
    assert geometry.changes(width, height) or is_unchanged


@given(geometries, sides, sides)
def test_an_even_image_stays_even(geometry: Geometry, width: int, height: int) -> None:
    fitted = geometry.apply(np.full((height, width), 77, np.uint8))

    inside = fitted[fitted > 0] if geometry.fit == "pad" else fitted
    assert set(inside.ravel().tolist()) == {77}


def test_crop_cuts_equally_on_both_sides_without_touching_pixels() -> None:
    pixels = noise(6, 11, 3)

    np.testing.assert_array_equal(Geometry(6, 6, "crop").apply(pixels), pixels[:, 2:8])
    np.testing.assert_array_equal(Geometry(11, 4, "crop").apply(pixels), pixels[1:5])


def test_crop_keeps_the_middle_when_it_scales() -> None:
    pixels = np.zeros((20, 60), np.uint8)
    pixels[:, 20:40] = 255

    fitted = Geometry(10, 10, "crop").apply(pixels)

    assert fitted[:, 1:-1].min() == 255  # the filter reaches one pixel beyond


def test_pad_adds_black_equally_on_both_sides_without_touching_pixels() -> None:
    pixels = noise(4, 9, 3) | 1

    fitted = Geometry(9, 9, "pad").apply(pixels)

    np.testing.assert_array_equal(fitted[2:6], pixels)
    assert not fitted[:2].any()
    assert not fitted[6:].any()


def test_stretch_is_bilinear() -> None:
    pixels = np.array([[0, 100]], np.uint8)

    assert Geometry(4, 1).apply(pixels).tolist() == [[0, 25, 75, 100]]


def test_a_line_of_pixels_takes_no_memory_to_speak_of() -> None:
    line = np.full((1, 1_000_000), 9, np.uint8)

    for fit in ("crop", "pad", "stretch"):
        fitted = Geometry(224, 224, fit).apply(line)  # type: ignore[arg-type]
        assert fitted.max() == 9


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (Geometry(40, 30), []),
        (Geometry(20, 20), ["resized from 40×30 to 20×20"]),
        (Geometry(20, 20, "crop"), ["resized from 40×30 to 27×20", "cropped to 20×20"]),
        (Geometry(20, 20, "pad"), ["resized from 40×30 to 20×15", "padded to 20×20"]),
        (Geometry(30, 30, "crop"), ["cropped to 30×30"]),
        (Geometry(40, 40, "pad"), ["padded to 40×40"]),
    ],
)
def test_what_is_done_is_said(geometry: Geometry, expected: list[str]) -> None:
    assert geometry.changes(40, 30) == expected


def test_channels_are_added_or_taken_away() -> None:
    grey, colour = noise(3, 4), np.stack([noise(3, 4)] * 3, axis=2)

    assert with_channels(grey, 1)[..., 0].tolist() == grey.tolist()
    assert with_channels(grey, 3).tolist() == np.stack([grey] * 3, axis=2).tolist()
    assert with_channels(colour, 3).tolist() == colour.tolist()
    assert with_channels(colour, 1)[..., 0].tolist() == colour[..., 0].tolist()
