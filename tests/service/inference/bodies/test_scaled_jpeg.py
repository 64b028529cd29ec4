"""A large JPEG is decoded at a smaller scale, and is the same pixels in training and in a prediction."""

import io
from typing import Any
from unittest import mock

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from service.inference.bodies.images import from_file
from workers.datasets.images.geometry import Fit, Geometry
from workers.datasets.images.preparation import Preparation


def photograph(**options: Any) -> bytes:
    generator = np.random.default_rng(0)
    coarse = generator.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(coarse).resize((1600, 1200)).save(written, "JPEG", **options)
    return written.getvalue()


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize(("side", "scale"), [(28, 8), (224, 4), (500, 2), (1000, 1)])
@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_the_smallest_scale_that_covers_the_geometry_gives_the_same_pixels_both_ways(
    fit: Fit, side: int, scale: int, options: dict[str, Any]
) -> None:
    content, preparation = photograph(**options), Preparation(3, Geometry(side, side, fit))
    draft, sizes = JpegImageFile.draft, []

    def note_size(file: JpegImageFile, *given: Any) -> Any:
        drafted = draft(file, *given)
        sizes.append(file.size)
        return drafted

    with mock.patch.object(JpegImageFile, "draft", note_size):
        sent = from_file(content, preparation, name="the body").pixels
        trained = preparation.apply_to_file(content).transpose(2, 0, 1)

    np.testing.assert_array_equal(sent, trained)
    assert set(sizes) <= {(1600 // scale, 1200 // scale)}
    assert sizes or scale == 1
