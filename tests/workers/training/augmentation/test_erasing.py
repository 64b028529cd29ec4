"""A rectangle is covered with the mean colour."""

import pytest
import torch
from torch import Tensor

from tests.workers.training.augmentation.augmenting import augmented, noise
from workers.training.recipe import Recipe


def differ(erased: Tensor, pixels: Tensor) -> Tensor:
    """Which pixels (N, H, W) have another colour."""
    return ((erased - pixels).abs() > 1e-5).any(dim=1)


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_so_many_images_have_a_rectangle_of_their_mean_colour(share: float) -> None:
    batch = noise(1000, 30, 50, 3)
    pixels = batch / 255

    erased = augmented(batch, Recipe(erasing=share))

    is_covered = differ(erased, pixels)
    numbers = is_covered.sum(dim=(1, 2))
    found = float((numbers > 0).float().mean())
    assert found == pytest.approx(share, abs=5 * (share * (1 - share) / 1000) ** 0.5)
    for image, before, covered in zip(erased, pixels, is_covered, strict=True):
        if covered.any():
            rows, columns = covered.any(dim=1), covered.any(dim=0)
            assert torch.equal(covered, rows[:, None] & columns[None, :])  # it is a rectangle
            wanted = before.mean(dim=(1, 2))[:, None].expand(3, int(covered.sum()))
            torch.testing.assert_close(image[:, covered], wanted)
    areas = numbers[numbers > 0] / (30 * 50)
    assert 0.01 < float(areas.min()) < 0.04
    assert 0.36 < float(areas.max()) < 0.44
    assert float(areas.mean()) == pytest.approx(0.21, abs=0.03)


def test_it_may_lie_anywhere() -> None:
    batch = noise(2000, 10, 10, 3)

    counts = differ(augmented(batch, Recipe(erasing=1.0)), batch / 255).sum(dim=0)

    assert int(counts.min()) > 20
    # There is no side that it prefers.
    for mirrored in (counts.flip(0), counts.flip(1)):
        assert float((counts - mirrored).abs().max()) < 0.1 * 2000


def test_a_pixel_at_least_is_covered_however_small_the_image() -> None:
    batch = noise(200, 2, 3, 3)

    erased = augmented(batch, Recipe(erasing=1.0))

    assert differ(erased, batch / 255).any(dim=(1, 2)).all()
