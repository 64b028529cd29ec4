"""What holds for every way in which a recipe can change images."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from models import ImageShape
from tests.workers.training.augmentation.augmenting import CPU, augmented, noise, to_pixels
from tests.workers.training.trainings import EVERY_CHANGE, choices
from workers.datasets.image_dataset import ImageDataset
from workers.training.augmentation.draws import draw
from workers.training.batches import Batches
from workers.training.normalisation import Normalisation
from workers.training.recipe import Recipe

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

changes = st.builds(
    Recipe,
    augmentation=st.sampled_from(choices("augmentation")),
    augmentation_policy=st.sampled_from(choices("augmentation_policy")),
    colour_jitter=st.sampled_from([0.0, 0.3, 1.0]),
    erasing=st.sampled_from([0.0, 0.5, 1.0]),
    mix=st.sampled_from(choices("mix")),
)
SINGLE_CHANGES = {
    **{name: Recipe(augmentation=name) for name in choices("augmentation")[1:]},
    **{name: Recipe(augmentation_policy=name) for name in choices("augmentation_policy")[1:]},
    "colour_jitter": Recipe(colour_jitter=0.4),
    "erasing": Recipe(erasing=0.5),
}
every_single_change = pytest.mark.parametrize(
    "recipe", SINGLE_CHANGES.values(), ids=list(SINGLE_CHANGES)
)


@given(
    recipe=changes,
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    channels=st.sampled_from([1, 3]),
    seed=st.integers(0, 2**32),
)
def test_shape_type_and_range_stay_and_the_seed_decides(
    recipe: Recipe, height: int, width: int, channels: int, seed: int
) -> None:
    batch = noise(5, height, width, channels)

    first, again = (augmented(batch, recipe, seed) for _ in range(2))

    assert first.shape == batch.shape
    assert first.dtype == torch.float32
    assert torch.equal(first, again)
    assert float(first.min()) >= 0
    assert float(first.max()) <= 1 + 1e-6


@every_single_change
def test_images_change_and_others_with_another_seed(
    recipe: Recipe, stored_photographs: Tensor
) -> None:
    batch = stored_photographs.repeat(30, 1, 1, 1)

    first, other = (augmented(batch, recipe, seed) for seed in (1, 2))

    assert not torch.equal(first, other)
    changed = (first - to_pixels(3)(batch)).flatten(1).abs().amax(dim=1) > 1e-3
    assert float(changed.float().mean()) > 0.3
    assert len(first.flatten(1).unique(dim=0)) > 5  # images change differently


@every_single_change
def test_constant_images_stay_constant(recipe: Recipe) -> None:
    batch = torch.full((40, 1, 9, 8), 153, dtype=torch.uint8)

    changed = augmented(batch, recipe)

    spread = changed.amax(dim=(1, 2, 3)) - changed.amin(dim=(1, 2, 3))
    assert float(spread.max()) < 1e-6


@given(recipe=changes, seed=st.integers(0, 2**32))
def test_the_normalisation_does_not_matter(
    stored_photographs: Tensor, recipe: Recipe, seed: int
) -> None:
    batch = stored_photographs.repeat(6, 1, 1, 1)

    pixels = augmented(batch, recipe, seed)
    normalised = augmented(batch, recipe, seed, Normalisation(MEAN, STD, CPU))

    mean, std = (torch.tensor(numbers)[:, None, None] for numbers in (MEAN, STD))
    torch.testing.assert_close(normalised, (pixels - mean) / std, rtol=1e-4, atol=1e-4)


@given(recipe=changes, seed=st.integers(0, 2**32))
def test_networks_of_either_memory_layout_see_the_same_bits(
    stored_photographs: Tensor, recipe: Recipe, seed: int
) -> None:
    batch = stored_photographs.repeat(4, 1, 1, 1)

    found = {}
    for layout in (torch.contiguous_format, torch.channels_last):
        normalise = Normalisation(MEAN, STD, CPU, layout=layout)
        stored = batch.contiguous(memory_format=layout)
        found[layout] = augmented(stored, recipe, seed, normalise)

    assert torch.equal(*found.values())
    assert found[torch.channels_last].is_contiguous(memory_format=torch.channels_last)


@given(recipe=changes)
def test_draws_are_a_function_of_seed_and_epoch(few_digits: ImageDataset, recipe: Recipe) -> None:
    def drawn(seed: int, epoch: int) -> tuple[int, ...]:
        batches = Batches(few_digits, replace(recipe, augmentation="crop"), seed)
        draws = torch.cat([draws for _, draws in batches.of_epoch(epoch, CPU)])
        return tuple(draws.flatten().tolist())

    first = drawn(3, 1)
    torch.rand(7)

    assert drawn(3, 1) == first
    assert len({first, drawn(3, 2), drawn(4, 1)}) == 3


@given(recipe=changes, seed=st.integers(0, 2**32))
def test_a_crop_is_the_same_whatever_else_is_done(recipe: Recipe, seed: int) -> None:
    shape = ImageShape(3, 32, 40)
    alone = Recipe(augmentation=recipe.augmentation)

    generators = (torch.Generator().manual_seed(seed) for _ in range(2))
    draws, wanted = (
        draw(asked, 20, shape, generator)
        for asked, generator in zip((recipe, alone), generators, strict=True)
    )

    assert torch.equal(draws[:, : wanted.shape[1]], wanted)


def test_a_crop_and_flip_draws_what_it_drew_in_the_first_version() -> None:
    """Trainings that were stopped there are resumed here."""
    generator = torch.Generator().manual_seed(5)
    wanted = [
        torch.empty(50, dtype=torch.int64).random_(high, generator=generator) for high in (9, 11, 2)
    ]

    again = torch.Generator().manual_seed(5)
    draws = draw(Recipe(augmentation="crop_and_flip"), 50, ImageShape(3, 32, 40), again)

    assert torch.equal(draws, torch.stack(wanted, dim=1))


@pytest.mark.gpu
@pytest.mark.parametrize("channels", [1, 3])
def test_a_gpu_changes_images_as_the_processor_does(cuda: torch.device, channels: int) -> None:
    recipe = Recipe(**EVERY_CHANGE)
    batch = noise(64, 32, 40, channels)

    here, there = augmented(batch, recipe), augmented(batch.to(cuda), recipe)

    assert float(((here - there.cpu()).abs() > 1e-4).float().mean()) < 1e-2
