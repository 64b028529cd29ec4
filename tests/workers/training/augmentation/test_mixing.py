"""Mixup and CutMix: two images in one, and the shares in which they are there."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from models import ImageShape
from workers.training.augmentation.draws import by_name, draw
from workers.training.augmentation.mixing import cutmix, main_labels, mix, mixup
from workers.training.recipe import Recipe


def drawn_for(recipe: Recipe, batch: Tensor, seed: int = 0) -> dict[str, Tensor]:
    shape = ImageShape(*batch.shape[1:])
    draws = draw(recipe, len(batch), shape, torch.Generator().manual_seed(seed))
    return by_name(draws, recipe, shape)


def noise(count: int, height: int = 12, width: int = 20) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(count, 3, height, width, generator=generator)


def test_without_mixing_images_and_labels_are_themselves() -> None:
    batch, labels = noise(4), torch.arange(4)

    mixed, shown = mix(batch, labels, drawn_for(Recipe(), batch), Recipe())

    assert mixed is batch
    assert shown == (labels,)
    assert main_labels(*shown) is labels


@given(count=st.integers(1, 9), seed=st.integers(0, 2**32))
def test_mixup_is_the_sum_of_an_image_and_its_partner_by_their_shares(
    count: int, seed: int
) -> None:
    recipe, batch, labels = Recipe(mix="mixup"), noise(count), torch.arange(count)

    mixed, (own, partners, kept) = mix(batch, labels, drawn_for(recipe, batch, seed), recipe)

    assert torch.equal(own, labels)
    assert torch.equal(partners, (labels - 1) % count)
    for image, mine, partner, share in zip(mixed, own, partners, kept, strict=True):
        torch.testing.assert_close(image, share * batch[mine] + (1 - share) * batch[partner])


def test_the_shares_of_mixup_are_of_a_beta_distribution() -> None:
    even = (torch.arange(10_000) + 0.5) / 10_000

    _, kept = mixup(noise(10_000, 1, 1), even)

    wanted = torch.distributions.Beta(0.5, 0.5)
    assert float(kept.mean()) == pytest.approx(float(wanted.mean), abs=1e-4)
    assert float(kept.var()) == pytest.approx(float(wanted.variance), abs=1e-4)
    # Its distribution function is an arcsine.
    quarter = float((kept < 0.1).float().mean())
    assert quarter == pytest.approx(float(torch.tensor(0.1).sqrt().asin()) * 2 / torch.pi, abs=1e-3)


@given(
    count=st.integers(1, 9),
    height=st.integers(1, 30),
    width=st.integers(1, 30),
    seed=st.integers(0, 2**32),
)
def test_cutmix_pastes_a_rectangle_of_the_partner_whose_area_is_its_share(
    count: int, height: int, width: int, seed: int
) -> None:
    recipe, labels = Recipe(mix="cutmix"), torch.arange(count)
    batch = (torch.arange(count) + 1.0)[:, None, None, None].expand(count, 2, height, width)

    mixed, (own, partners, kept) = mix(batch, labels, drawn_for(recipe, batch, seed), recipe)

    for image, mine, partner, share in zip(mixed, own, partners, kept, strict=True):
        if mine != partner:
            pasted = image[0] == partner + 1
            assert torch.equal(pasted, pasted.any(1)[:, None] & pasted.any(0)[None, :])
            assert float(pasted.float().mean()) == pytest.approx(1 - float(share), abs=1e-6)
        assert set(image.unique().tolist()) <= {float(mine) + 1, float(partner) + 1}
        assert torch.equal(image[0], image[1])


def test_a_rectangle_of_cutmix_lies_around_its_centre_and_is_cut_off_at_the_edge() -> None:
    batch = torch.arange(2.0)[:, None, None, None].expand(2, 1, 10, 20)

    pasted, kept = cutmix(
        batch, torch.tensor([0.75, 0.75]), torch.tensor([0.5, 0.0]), torch.tensor([0.5, 0.0])
    )

    rectangles = pasted[:, 0] != batch[:, 0]
    wanted = torch.zeros(2, 10, 20, dtype=torch.bool)
    wanted[0, 2:8, 5:15] = True  # half of each side; 2.5 and 7.5 are rounded to even
    wanted[1, :2, :5] = True
    assert torch.equal(rectangles, wanted)
    assert kept.tolist() == pytest.approx([1 - 60 / 200, 1 - 10 / 200])


def test_the_main_label_is_that_of_the_larger_share() -> None:
    labels, partners = torch.tensor([0, 1, 2]), torch.tensor([2, 0, 1])

    main = main_labels(labels, partners, torch.tensor([0.9, 0.1, 0.5]))

    assert main.tolist() == [0, 0, 2]
