import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from models import ImageShape
from workers.training.augmentation import augment, draw


def images(count: int, height: int, width: int, channels: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(count, channels, height, width, generator=generator)


def augmented(batch: Tensor, kind: str, seed: int = 0) -> Tensor:
    shape = ImageShape(*batch.shape[1:])
    return augment(batch, draw(kind, len(batch), shape, torch.Generator().manual_seed(seed)))


@given(
    kind=st.sampled_from(["none", "crop", "crop_and_flip"]),
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    channels=st.sampled_from([1, 3]),
    seed=st.integers(0, 2**32),
)
def test_shape_and_type_stay_and_the_seed_decides(
    kind: str, height: int, width: int, channels: int, seed: int
) -> None:
    batch = images(5, height, width, channels)

    first, again = (augmented(batch, kind, seed) for _ in range(2))

    assert first.shape == batch.shape
    assert first.dtype == batch.dtype
    assert torch.equal(first, again)


def test_a_crop_is_a_shift_of_the_mirrored_image_by_up_to_an_eighth() -> None:
    batch = images(200, 16, 24, 3)
    padded = functional.pad(batch, (3, 3, 2, 2), mode="reflect")

    cropped = augmented(batch, "crop")

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
    batch = images(400, 6, 6)  # too small to be shifted

    flipped = augmented(batch, "crop_and_flip")

    mirrored = [torch.equal(b.flip(2), a) for b, a in zip(batch, flipped, strict=True)]
    kept = [torch.equal(b, a) for b, a in zip(batch, flipped, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert sum(mirrored) == pytest.approx(200, abs=40)


def test_none_touches_nothing() -> None:
    batch = images(3, 8, 8)

    assert augmented(batch, "none") is batch
