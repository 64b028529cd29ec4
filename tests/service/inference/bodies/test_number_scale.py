"""Which number is white, where pixels arrive as numbers: one rule for every form of body."""

import numpy as np
import pytest

from service.inference.bodies.errors import ImageError
from service.inference.bodies.number_scale import BYTES, SHARES, find_number_scale, measure
from workers.datasets.images.pixel_scale import PixelScale

TWELVE_BITS = PixelScale(0, 4095)


def found(*images, of_dataset=None, white=None):
    return find_number_scale(
        measure([np.asarray(image) for image in images]),
        of_dataset=of_dataset,
        white=white,
        accepted="take {}",
    )


def test_whole_numbers_and_large_floats_are_on_0_to_255_and_rounded():
    assert found([0, 255]) == (BYTES, "")
    assert found([0, 254.6]) == (BYTES, "")
    assert found([0, 1.5]).to_bytes(np.array([0.4, 0.6, 254.6])).tolist() == [0, 1, 255]


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.bool_])
def test_floats_of_which_the_largest_is_at_most_1_are_shares_of_white(kind):
    scale = found(np.array([0, 1], kind))

    assert scale.scale == SHARES
    assert "the largest is 1; where 255 is white, ask with ?scale=255" in scale.note
    assert scale.to_bytes(np.array([0, 1], kind)).tolist() == [0, 255]


@pytest.mark.parametrize("largest", [1e-6, 0.5, 1.0])
def test_the_largest_of_a_request_decides_for_all_its_images(largest):
    dark, bright = np.zeros((2, 2)), np.full((2, 2), largest)

    assert found(dark, bright).scale == found(bright, dark).scale == SHARES
    assert found(bright, np.full((2, 2), 1.5)).scale == BYTES


def test_all_zeros_are_black_without_a_note():
    assert found(np.zeros((2, 2))) == (BYTES, "")
    assert found(np.zeros((2, 2), np.uint8)) == (BYTES, "")


@pytest.mark.parametrize("kind", [np.uint8, np.int64])
def test_whole_numbers_up_to_1_stay_and_it_is_said(kind):
    scale = found(np.array([0, 1], kind))

    assert scale.scale == BYTES
    assert scale.note == "no number is above 1, and 255 is white; where 1 is, ask with ?scale=1"


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.float32])
def test_what_the_request_says_is_white_holds_for_every_type(kind):
    asked = found(np.array([0, 1], kind), white=255.0)
    masks = found(np.array([0, 1, 2], kind), white=2.0)

    assert asked == (BYTES, "")
    assert masks.note == "numbers 0 to 2 became 0 to 255, as asked"
    assert masks.to_bytes(np.array([0, 1, 2], kind)).tolist() == [0, 128, 255]


def test_the_scale_of_a_dataset_holds_but_for_bytes_and_shares():
    assert found([0, 4000], of_dataset=TWELVE_BITS) == (TWELVE_BITS, "")
    assert found([0, 4000.5], of_dataset=TWELVE_BITS) == (TWELVE_BITS, "")
    assert found(np.array([200], np.uint8), of_dataset=TWELVE_BITS) == (BYTES, "")
    shares = found([0, 0.5], of_dataset=TWELVE_BITS)
    assert shares.scale == SHARES
    assert "where 4095 is white, ask with ?scale=4095" in shares.note


@pytest.mark.parametrize("scale", [PixelScale(0, 1), PixelScale(-1, 1)])
def test_floats_are_on_the_scale_of_a_dataset_of_such_floats(scale):
    assert found([0.1, 0.5], of_dataset=scale) == (scale, "")


def test_beyond_the_scale_of_a_dataset_numbers_are_black_or_white_as_in_training_and_it_is_said():
    scale = found([-5, 5000], of_dataset=TWELVE_BITS)

    assert scale.to_bytes(np.array([-5, 5000])).tolist() == [0, 255]
    assert "what is beyond them became black or white" in scale.note


@pytest.mark.parametrize("number", [-0.1, 255.1, np.nan, np.inf, -np.inf])
def test_numbers_outside_are_refused_with_what_is_accepted(number):
    with pytest.raises(ImageError, match="take numbers 0 to 255; some number is outside"):
        found([0, number])


@pytest.mark.parametrize("number", [-0.1, 2, np.nan])
def test_numbers_outside_of_what_is_asked_for_are_refused_with_it(number):
    with pytest.raises(ImageError, match="take numbers 0 to 1; some number is outside"):
        found([0, number], white=1.0)


def test_floats_below_zero_are_no_shares():
    with pytest.raises(ImageError, match="take numbers 0 to 255"):
        found([-1.0, 1.0])


@pytest.mark.parametrize("of_dataset", [None, TWELVE_BITS])
def test_nan_in_any_image_is_refused(of_dataset):
    with pytest.raises(ImageError, match="infinite or NaN"):
        found([0.5], [np.nan], [0.5], of_dataset=of_dataset)
