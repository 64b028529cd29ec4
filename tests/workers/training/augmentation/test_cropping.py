"""Shifts and mirror images."""

import pytest
import torch
from torch.nn import functional

from tests.workers.training.augmentation.augmenting import augmented, noise, to_pixels
from workers.training.recipe import Recipe


def test_a_crop_is_a_shift_of_the_mirrored_image_by_up_to_an_eighth() -> None:
    batch = noise(200, 16, 24, 3)
    padded = functional.pad(to_pixels(3)(batch), (3, 3, 2, 2), mode="reflect")

    cropped = augmented(batch, Recipe(augmentation="crop"))

    shifts = set()
    for before, after in zip(padded, cropped, strict=True):
        found = [
            (down, across)
            for down in range(5)
            for across in range(7)
            if torch.equal(before[:, down : down + 16, across : across + 24], after)
        ]
        assert len(found) == 1
        shifts.add(found[0])
    assert len(shifts) > 25  # of 35: every image moves for itself


def test_about_half_of_the_images_are_mirrored() -> None:
    batch = noise(400, 6, 6)  # too small to be shifted

    flipped = augmented(batch, Recipe(augmentation="crop_and_flip"))

    pixels = to_pixels(1)(batch)
    mirrored = [torch.equal(b.flip(2), a) for b, a in zip(pixels, flipped, strict=True)]
    kept = [torch.equal(b, a) for b, a in zip(pixels, flipped, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert sum(mirrored) == pytest.approx(200, abs=40)


def test_without_augmentation_images_are_only_normalised() -> None:
    batch = noise(3, 8, 8)

    assert torch.equal(augmented(batch, Recipe()), to_pixels(1)(batch))
