"""One operation an image, of torchvision's and with its strengths, but for what comes in from outside."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from models import ImageShape
from models._torchvision import import_torchvision
from tests.workers.training.augmentation.augmenting import augmented
from workers.training.augmentation.draws import draw
from workers.training.augmentation.trivial_augment import (
    FACTORS,
    LEVELS,
    OPERATIONS,
    PLACES,
    TrivialAugment,
    draw_operations,
    most_images,
)
from workers.training.recipe import Recipe

import_torchvision()
from torchvision.transforms.v2 import functional as reference  # noqa: E402 - see import_torchvision()

TRIVIAL = Recipe(augmentation_policy="trivial_augment")
STRONGEST = LEVELS - 1
#: They have a strength, of which the lowest is none.
OF_A_STRENGTH = [name for name in OPERATIONS if name not in {"autocontrast", "equalise"}]


def operated(images: Tensor, name: str, level: int = STRONGEST, *, sign: int = 1) -> Tensor:
    """Each of some images, pixels of 0 to 1, after an operation."""
    numbers = {"operation": OPERATIONS.index(name), "magnitude": level, "sign": sign}
    trivial = TrivialAugment({name: torch.tensor([number]) for name, number in numbers.items()})
    alone = [trivial.recolour(trivial.displace(image[None].clone())) for image in images]
    return torch.cat(alone)


def differences(first: Tensor, second: Tensor) -> Tensor:
    """Of pixels far enough from the edge that nothing from outside shows: (N, C, H, W)."""
    return (first - second)[..., 35:-35, 65:-65].abs()


@pytest.fixture(scope="module")
def smooth(photographs: Tensor) -> Tensor:
    """Both photographs without what is finer than two pixels, where ways to interpolate differ."""
    return torch.nn.functional.interpolate(photographs, scale_factor=2, mode="bilinear")


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("name", OF_A_STRENGTH)
def test_the_lowest_strength_changes_nothing(photographs: Tensor, name: str, sign: int) -> None:
    same = operated(photographs, name, 0, sign=sign)

    torch.testing.assert_close(same, photographs, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", OPERATIONS[1:])
def test_the_highest_strength_changes_every_photograph(photographs: Tensor, name: str) -> None:
    changed = operated(0.2 + photographs / 2, name)

    assert float((changed - 0.2 - photographs / 2).abs().mean(dim=(1, 2, 3)).min()) > 0.004


@pytest.mark.parametrize("name", ["shear_x", "translate_y", "rotate", "brightness", "sharpness"])
def test_half_of_the_images_are_changed_the_other_way(photographs: Tensor, name: str) -> None:
    one_way, other_way = (operated(photographs, name, 20, sign=sign) for sign in (0, 1))

    assert float((one_way - other_way).abs().mean()) > 0.004


def test_a_rotation_turns_by_up_to_135_degrees(smooth: Tensor) -> None:
    for level, angle in ((10, 45), (STRONGEST, 135)):
        turned = operated(smooth, "rotate", level)

        wanted = reference.rotate(smooth, angle, reference.InterpolationMode.BILINEAR)
        other = reference.rotate(smooth, -angle, reference.InterpolationMode.BILINEAR)
        assert min(float(differences(turned, way).mean()) for way in (wanted, other)) < 2e-3


def test_a_shear_moves_by_99_pixels_for_100_at_most(smooth: Tensor) -> None:
    degrees = math.degrees(math.atan(0.99))
    for name, shear in (("shear_x", [degrees, 0.0]), ("shear_y", [0.0, degrees])):
        sheared = operated(smooth, name)

        bilinear = reference.InterpolationMode.BILINEAR
        ways = [
            reference.affine(smooth, 0.0, [0, 0], 1.0, [sign * angle for angle in shear], bilinear)
            for sign in (1, -1)
        ]
        assert min(float(differences(sheared, way).mean()) for way in ways) < 2e-3


@pytest.mark.parametrize(("name", "dimension"), [("translate_x", 3), ("translate_y", 2)])
def test_a_translation_is_by_a_seventh_of_the_side_at_most(name: str, dimension: int) -> None:
    images = torch.rand(2, 3, 14, 28, generator=torch.Generator().manual_seed(0))
    pixels = images.shape[dimension] // 7

    moved = [operated(images, name, sign=sign) for sign in (0, 1)]

    kept = images.shape[dimension] - pixels
    torch.testing.assert_close(
        moved[1].narrow(dimension, 0, kept), images.narrow(dimension, pixels, kept)
    )
    torch.testing.assert_close(
        moved[0].narrow(dimension, pixels, kept), images.narrow(dimension, 0, kept)
    )


def test_what_comes_in_from_outside_is_the_reflection() -> None:
    images = torch.rand(2, 3, 14, 28, generator=torch.Generator().manual_seed(0))

    moved = operated(images, "translate_x")

    torch.testing.assert_close(moved[..., -4:], images[..., -4:].flip(3))


def test_every_operation_and_every_strength_is_drawn_equally_often() -> None:
    draws = draw(TRIVIAL, 60_000, ImageShape(3, 8, 8), torch.Generator().manual_seed(0))

    for column, values in zip(draws.unbind(dim=1), (len(OPERATIONS), LEVELS, 2), strict=True):
        mean = 60_000 / values
        assert column.bincount().tolist() == pytest.approx([mean] * values, abs=5 * mean**0.5)


@given(num_images=st.integers(1, 100), start=st.integers(0, 13), seed=st.integers(0, 2**32))
def test_a_batch_has_an_operation_no_more_often_than_is_reckoned_with(
    num_images: int, start: int, seed: int
) -> None:
    drawn = draw_operations(200, torch.Generator().manual_seed(seed))[start : start + num_images]

    for names in (PLACES, FACTORS, ("equalise",)):
        found = sum(int((drawn == OPERATIONS.index(name)).sum()) for name in names)
        assert found <= most_images(num_images, len(names)) <= num_images


@pytest.mark.parametrize("num_images", [1, 5, 14, 40])
def test_a_batch_is_changed_as_each_image_is_alone(
    stored_photographs: Tensor, num_images: int
) -> None:
    batch = stored_photographs.repeat(20, 1, 1, 1)[:num_images]
    draws = draw(TRIVIAL, num_images, ImageShape(3, 60, 90), torch.Generator().manual_seed(0))

    together = augmented(batch, TRIVIAL)

    for pixels, stored, (operation, level, sign) in zip(together, batch, draws, strict=True):
        name = OPERATIONS[int(operation)]
        alone = operated(stored[None] / 255, name, int(level), sign=int(sign))
        torch.testing.assert_close(pixels, alone[0], rtol=0, atol=1e-5)
