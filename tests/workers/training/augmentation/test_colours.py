"""Changes of colour are those of torchvision."""

import pytest
import torch
from torch import Tensor

from models._torchvision import import_torchvision
from workers.training.augmentation.colours import (
    adjust,
    autocontrast,
    equalise,
    posterise,
    sharpen,
    solarise,
)

import_torchvision()
from torchvision.transforms.v2 import functional as reference  # noqa: E402 - see import_torchvision()

FACTORS = (0.0, 0.3, 1.0, 1.7)


def stored(pixels: Tensor) -> Tensor:
    return (pixels * 255).round().to(torch.uint8)


def numbers(value: float, count: int = 2) -> Tensor:
    return torch.full((count,), float(value))


def assert_alike(pixels: Tensor, wanted: Tensor) -> None:
    """Alike but for a twentieth of the 255 steps of a stored pixel."""
    torch.testing.assert_close(pixels * 255, wanted.float(), rtol=0, atol=0.05)


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_brightness_contrast_and_saturation(photographs: Tensor, name: str, factor: float) -> None:
    factors = {"brightness": 1.0, "contrast": 1.0, "saturation": 1.0, name: factor}

    changed = adjust(photographs, **{key: numbers(value) for key, value in factors.items()})

    wanted = getattr(reference, f"adjust_{name}")(photographs, factor) * 255
    assert_alike(changed, wanted)


@pytest.mark.parametrize("factor", FACTORS)
def test_sharpness(photographs: Tensor, factor: float) -> None:
    changed = sharpen(photographs, numbers(factor))

    wanted = reference.adjust_sharpness(photographs, factor) * 255
    inner = (..., slice(1, -1), slice(1, -1))  # torchvision leaves the edge as it is
    assert_alike(changed[inner], wanted[inner])


@pytest.mark.parametrize("bits", [2, 5, 8])
def test_posterise(photographs: Tensor, bits: int) -> None:
    changed = posterise(photographs, numbers(bits))

    assert_alike(changed, reference.posterize(stored(photographs), bits))


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.999])
def test_solarise(photographs: Tensor, threshold: float) -> None:
    changed = solarise(photographs, numbers(threshold))

    wanted = torch.where(photographs > threshold, 1 - photographs, photographs)
    assert_alike(changed, reference.solarize(photographs, max(threshold, 1e-6)) * 255)
    assert torch.equal(changed, wanted)


def test_autocontrast(photographs: Tensor) -> None:
    dull = 0.2 + 0.5 * photographs

    assert_alike(autocontrast(dull), reference.autocontrast(dull) * 255)


def test_equalise(photographs: Tensor) -> None:
    changed = equalise(photographs)

    # Pillow, and torchvision with it, maps a frequent value to where it begins; textbooks, to where it ends.
    wanted = reference.equalize(stored(photographs))
    assert float((changed * 255 - wanted).abs().mean()) < 5
    levels = changed.flatten(2).sort(dim=2).values
    even = torch.linspace(0, 1, levels.shape[2]).expand_as(levels)
    assert float((levels - even).abs().mean()) < 0.02  # all values are about equally frequent


def test_grey_images_have_no_saturation(photographs: Tensor) -> None:
    grey = photographs[:, :1]

    changed = adjust(grey, numbers(1), numbers(1), numbers(0))

    assert torch.equal(changed, grey)


def test_a_strength_of_nothing_changes_nothing(photographs: Tensor) -> None:
    ones = numbers(1)

    assert torch.equal(adjust(photographs, ones, ones, ones), photographs)
    assert torch.equal(sharpen(photographs, ones), photographs)
    assert torch.equal(solarise(photographs, ones), photographs)
    torch.testing.assert_close(posterise(photographs, numbers(8)), photographs)
