"""One rule for the axes of every form of body."""

import numpy as np
import pytest

from service.inference.bodies.errors import ImageError
from service.inference.bodies.pixels import channels_last


@pytest.mark.parametrize("leading", [(), (5,)])
@pytest.mark.parametrize(
    ("axes", "expected"), [((2, 3), (2, 3, 1)), ((2, 3, 1), (2, 3, 1)), ((2, 3, 3), (2, 3, 3))]
)
def test_pixels_have_their_channels_last(leading, axes, expected):
    numbers = np.zeros(leading + axes)

    assert (
        channels_last(numbers, leading_axes=len(leading), accepted="").shape == leading + expected
    )


@pytest.mark.parametrize("shape", [(), (4,), (0, 3), (2, 0), (2, 3, 2), (2, 3, 0), (1, 2, 3, 1)])
def test_other_axes_are_refused_with_what_is_accepted(shape):
    with pytest.raises(ImageError, match="take this; the shape is"):
        channels_last(np.zeros(shape), leading_axes=0, accepted="take this")
