"""Classes of unequal size can count the same in a training, by weights or by sampling."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.workers.training.trainings import CPU, assert_same_bits, completed_epochs, make, weights
from workers.datasets.image_dataset import ImageDataset, Split
from workers.training.balancing import class_weights, draw_balanced
from workers.training.batches import Batches
from workers.training.checkpoint import Checkpoint
from workers.training.measuring.evaluation import score
from workers.training.recipe import Recipe
from workers.training.trainer import CompletedEpoch, build

WEIGHTS = Recipe(epochs=2, batch_size=32, balance="weights", precision="float32")
SAMPLING = Recipe(epochs=2, batch_size=32, balance="sampling")

labels_of_some = st.lists(st.integers(0, 5), min_size=1, max_size=200).map(torch.tensor)


@pytest.fixture(scope="module")
def unequal(few_digits: ImageDataset) -> ImageDataset:
    """Digits of which train has few that are greater than 4, and no 9."""
    labels = few_digits.train.labels
    rare = (labels > 4) & (torch.arange(len(labels)) % 5 > 0)
    return replace(
        few_digits, train=few_digits.train.select((~rare & (labels < 9)).nonzero()[:, 0])
    )


@given(labels=labels_of_some)
def test_the_weights_of_all_images_have_the_mean_one_and_each_class_the_same_share(
    labels: Tensor,
) -> None:
    of_classes = class_weights(labels, 7)

    assert float(of_classes[labels].double().mean()) == pytest.approx(1, rel=1e-6)
    totals = (of_classes * torch.bincount(labels, minlength=7))[labels.unique()]
    assert totals.tolist() == pytest.approx([len(labels) / len(totals)] * len(totals), rel=1e-6)
    assert of_classes[6] == 0  # it has no images


@given(labels=labels_of_some, seed=st.integers(0, 2**32))
def test_a_draw_is_of_images_that_are_there_as_many_as_there_are(labels: Tensor, seed: int) -> None:
    drawn = draw_balanced(labels, torch.Generator().manual_seed(seed))

    assert drawn.shape == labels.shape
    assert 0 <= int(drawn.min()) <= int(drawn.max()) < len(labels)


def test_each_class_and_each_of_its_images_is_drawn_equally_often() -> None:
    labels = torch.tensor([2] * 960 + [0] * 30 + [5] * 10)[torch.randperm(1000)]
    generator = torch.Generator().manual_seed(0)

    drawn = torch.cat([draw_balanced(labels, generator) for _ in range(600)])

    of_classes = torch.bincount(labels[drawn], minlength=6)
    # Five standard deviations of a binomial count.
    assert of_classes[[0, 2, 5]].tolist() == pytest.approx([200_000] * 3, abs=5 * 366)
    assert of_classes.sum() == 600_000
    of_images = torch.bincount(drawn, minlength=1000)
    for label, size in ((0, 30), (2, 960), (5, 10)):
        wanted = 200_000 / size
        assert of_images[labels == label].tolist() == pytest.approx(
            [wanted] * size, abs=5 * wanted**0.5 + 0.01 * wanted
        )


def test_the_order_is_a_function_of_seed_and_epoch(unequal: ImageDataset) -> None:
    def order(seed: int, epoch: int) -> list[int]:
        batches = Batches(unequal, SAMPLING, seed)
        assert sum(batches.sizes) == len(unequal.train)
        return torch.cat([indices for indices, _ in batches.of_epoch(epoch, CPU)]).tolist()

    first = order(3, 1)
    torch.rand(7)

    assert order(3, 1) == first
    assert len({tuple(first), tuple(order(3, 2)), tuple(order(4, 1))}) == 3


def test_every_image_is_weighted_as_the_textbook_loop_weights_it(unequal: ImageDataset) -> None:
    """The ordinary loop, written out: it must give the same weights up to rounding."""
    recipe = replace(WEIGHTS, label_smoothing=0.1)
    ours = make(unequal, recipe, "cnn", channels=(4, 8))
    theirs = build("cnn", {"channels": (4, 8)}, unequal.image_shape, 10, seed=3)
    labels = unequal.train.labels
    counts = [int((labels == number).sum()) for number in range(10)]
    of_classes = torch.tensor([len(labels) / 9 / count if count else 0.0 for count in counts])
    images = unequal.train.images.float() / 255
    mean, std = images.mean(), images.std(correction=0)
    optimizer = torch.optim.Adam(theirs.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1, reduction="none")

    completed_epochs(ours)
    theirs.train()
    for number in (1, 2):
        for indices, _ in ours.batches.of_epoch(number, CPU):
            optimizer.zero_grad()
            losses = criterion(theirs((images[indices] - mean) / std), labels[indices])
            (losses * of_classes[labels[indices]]).mean().backward()
            optimizer.step()

    for mine, reference in zip(ours.network.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, reference, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("recipe", [WEIGHTS, SAMPLING], ids=lambda recipe: recipe.balance)
def test_balance_changes_the_training_and_leaves_every_score_unweighted(
    unequal: ImageDataset, recipe: Recipe
) -> None:
    trainer, plain = make(unequal, recipe), make(unequal, replace(recipe, balance="none"))

    last = completed_epochs(trainer)[-1].epoch
    completed_epochs(plain)

    unbalanced = weights(plain)
    assert any(
        not torch.equal(unbalanced[name], tensor) for name, tensor in weights(trainer).items()
    )
    for split, scored in (("train", last.train), ("validation", last.validation)):
        images: Split = getattr(unequal, split)
        unweighted = score(trainer.network, images, trainer.normalise)
        assert scored.loss == pytest.approx(unweighted.loss, rel=1e-5)
        assert scored.accuracy == unweighted.accuracy


@pytest.mark.parametrize("recipe", [WEIGHTS, SAMPLING], ids=lambda recipe: recipe.balance)
def test_a_balanced_training_that_is_resumed_ends_in_the_same_bits(
    unequal: ImageDataset, recipe: Recipe
) -> None:
    straight, continued = make(unequal, recipe), make(unequal, recipe)
    [kept, _] = [
        event.checkpoint.to_bytes()
        for event in straight.epochs()
        if isinstance(event, CompletedEpoch)
    ]

    completed_epochs(continued, Checkpoint.from_bytes(kept))

    assert_same_bits(weights(continued), weights(straight))


def test_weights_of_classes_of_one_size_change_nothing(unequal: ImageDataset) -> None:
    members = [(unequal.train.labels == number).nonzero()[:15, 0] for number in range(5)]
    equal = replace(unequal, train=unequal.train.select(torch.cat(members)))
    weighted, plain = make(equal, WEIGHTS), make(equal, replace(WEIGHTS, balance="none"))

    completed_epochs(weighted)
    completed_epochs(plain)

    torch.testing.assert_close(weights(weighted), weights(plain), rtol=1e-3, atol=1e-4)


def test_a_recipe_without_balance_is_stored_and_hashed_as_before() -> None:
    assert "balance" not in Recipe().as_stored()
    assert SAMPLING.as_stored()["balance"] == "sampling"
    assert (
        len({replace(SAMPLING, balance=how).hash for how in ("none", "weights", "sampling")}) == 3
    )
