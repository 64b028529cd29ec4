"""A training resumes in the same bits, treats all architectures alike, and reports how it goes."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from models import architectures
from tests.workers.training.trainings import (
    EVERY_CHANGE,
    SMALL,
    assert_same_bits,
    choices,
    completed_epochs,
    exact,
    make,
    recipes,
    weights,
)
from workers.datasets.image_dataset import ImageDataset, Split
from workers.training import trainer as trainer_module
from workers.training.batches import batch_sizes
from workers.training.checkpoint import Checkpoint
from workers.training.measuring.evaluation import score
from workers.training.recipe import Recipe
from workers.training.results import Epoch, Progress
from workers.training.trainer import CompletedEpoch, Trainer, build

#: Without dropout, which slows learning down in the first three epochs.
UNDISTURBED: dict[str, dict[str, Any]] = {
    "deep_fully_connected": {"dropout": (0.0, 0.0, 0.0)},
    "resnet18": {},
}
EPOCHS = {"resnet18": 2}  # its epochs take by far the longest, and two suffice


@settings(max_examples=8)
@given(recipe=recipes, architecture=st.sampled_from(sorted(SMALL)), data=st.data())
def test_a_training_stopped_at_any_step_and_resumed_ends_in_the_same_bits(
    few_digits: ImageDataset, recipe: Recipe, architecture: str, data: st.DataObject
) -> None:
    if recipe.batch_size == 1:  # batch norm has nothing to normalise over
        architecture = "cnn"
    straight = make(few_digits, recipe, architecture)
    whole = completed_epochs(straight)
    steps = len(whole) * len(straight.batches.sizes)
    stop = data.draw(st.integers(0, steps), label="stop after step")

    before, kept = _stopped_after(stop, make(few_digits, recipe, architecture))
    torch.rand(7)  # the process that resumes has drawn random numbers of its own
    continued = make(few_digits, recipe, architecture)
    after = [
        completed.epoch
        for completed in completed_epochs(continued, kept and Checkpoint.from_bytes(kept))
    ]

    assert [exact(epoch) for epoch in before + after] == [
        exact(completed.epoch) for completed in whole
    ]
    assert_same_bits(weights(continued), weights(straight))
    assert continued.best.number == straight.best.number
    assert continued.stopped_early == straight.stopped_early


def _stopped_after(steps: int, trainer: Trainer) -> tuple[list[Epoch], bytes | None]:
    """The completed epochs and the last checkpoint of a training that stops after so many steps."""
    epochs: list[Epoch] = []
    kept: bytes | None = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trainer_module, "PROGRESS_SECONDS", 0)  # report after every step
        for event in trainer.epochs():
            if isinstance(event, CompletedEpoch):
                epochs.append(event.epoch)
                kept = event.checkpoint.to_bytes()
            steps -= isinstance(event, Progress) and event.phase == "training"
            if steps < 0:
                break
    return epochs, kept


@pytest.mark.parametrize("architecture", sorted(SMALL))
@pytest.mark.parametrize("mix", choices("mix"))
def test_a_training_with_every_change_of_images_is_resumed_in_the_same_bits(
    few_digits: ImageDataset, architecture: str, mix: Any
) -> None:
    recipe = Recipe(epochs=2, batch_size=50, mix=mix, **EVERY_CHANGE)
    straight, continued = (make(few_digits, recipe, architecture) for _ in range(2))
    [kept, _] = [
        event.checkpoint.to_bytes()
        for event in straight.epochs()
        if isinstance(event, CompletedEpoch)
    ]

    completed_epochs(continued, Checkpoint.from_bytes(kept))

    assert_same_bits(weights(continued), weights(straight))


def test_another_seed_is_another_training(few_digits: ImageDataset) -> None:
    first, other = (make(few_digits, Recipe(epochs=1), seed=seed) for seed in (1, 2))

    completed_epochs(first)
    completed_epochs(other)

    assert not torch.equal(first.network.classifier.weight, other.network.classifier.weight)


@pytest.mark.slow
@pytest.mark.parametrize("architecture", list(architectures))
def test_every_architecture_learns_real_digits(digits: ImageDataset, architecture: str) -> None:
    epochs = EPOCHS.get(architecture, 3)
    recipe = Recipe(epochs=epochs, batch_size=64, optimizer="adamw", schedule="one_cycle")
    trainer = make(digits, recipe, architecture, **UNDISTURBED.get(architecture, {"dropout": 0.0}))

    first, *_, last = [completed.epoch for completed in completed_epochs(trainer)]

    assert last.train.loss < first.train.loss
    assert last.validation.accuracy > 0.5


def test_a_cnn_classifies_real_digits_well(digits: ImageDataset) -> None:
    trainer = make(digits, Recipe(epochs=10, batch_size=32), channels=(32, 64))

    last = completed_epochs(trainer)[-1].epoch

    assert last.validation.accuracy > 0.97
    assert last.test.accuracy > 0.9


def test_it_trains_as_the_textbook_loop_does(few_digits: ImageDataset) -> None:
    """The ordinary loop, written out: it must give the same weights up to rounding."""
    recipe = Recipe(epochs=2, batch_size=32, label_smoothing=0.1, precision="float32")
    ours = make(few_digits, recipe, "cnn", channels=(4, 8))
    theirs = build("cnn", {"channels": (4, 8)}, few_digits.image_shape, 10, seed=3)
    images = few_digits.train.images.float() / 255
    mean, std = images.mean(), images.std(correction=0)
    optimizer = torch.optim.Adam(theirs.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)

    completed_epochs(ours)
    theirs.train()
    for number in (1, 2):
        generator = torch.Generator().manual_seed(3 * 1_000_003 + number)
        order = torch.randperm(225, generator=generator)
        # 225 = 7 × 32 + 1: the single image at the end joins the batch before it.
        for indices in order.split([32] * 6 + [33]):
            optimizer.zero_grad()
            logits = theirs((images[indices] - mean) / std)
            criterion(logits, few_digits.train.labels[indices]).backward()
            optimizer.step()

    for mine, reference in zip(ours.network.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, reference, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    "changes", [{"augmentation": "crop_and_flip"}, {**EVERY_CHANGE, "mix": "cutmix"}]
)
def test_every_architecture_sees_the_same_images_in_the_same_order(
    few_digits: ImageDataset, changes: dict[str, Any]
) -> None:
    recipe = Recipe(epochs=2, batch_size=50, **changes)
    seen: dict[str, list[Tensor]] = {}
    for architecture in SMALL:
        trainer = make(few_digits, recipe, architecture)
        seen[architecture] = batches = []
        trainer.network.register_forward_pre_hook(
            lambda module, inputs, batches=batches: (
                batches.append(inputs[0].clone()) if module.training else None
            )
        )
        completed_epochs(trainer)

    reference = seen.pop("cnn")
    assert len(reference) == 10
    assert not torch.equal(reference[0], reference[5])  # another epoch, another order
    for batches in seen.values():
        assert all(torch.equal(a, b) for a, b in zip(reference, batches, strict=True))


def test_the_test_split_chooses_nothing(few_digits: ImageDataset) -> None:
    recipe = Recipe(epochs=4, early_stopping_patience=1, learning_rate=1e-2)
    generator = torch.Generator().manual_seed(0)
    noise = torch.randint(0, 256, few_digits.test.images.shape, generator=generator)
    other_test = Split(noise.to(torch.uint8), few_digits.test.labels.flip(0))
    first, other = make(few_digits, recipe), make(replace(few_digits, test=other_test), recipe)

    completed_epochs(first)
    completed_epochs(other)

    assert first.best.number == other.best.number
    assert_same_bits(weights(first), weights(other))


def test_early_stopping_ends_it_and_keeps_the_best_weights(few_digits: ImageDataset) -> None:
    noisy = replace(
        few_digits, train=Split(few_digits.train.images, few_digits.train.labels.roll(1))
    )
    recipe = Recipe(epochs=50, early_stopping_patience=2, learning_rate=1e-2)
    trainer = make(noisy, recipe, "fully_connected", widths=(64,))

    epochs = [completed.epoch for completed in completed_epochs(trainer)]

    best = min(epochs, key=lambda epoch: epoch.validation.loss)
    assert trainer.stopped_early
    assert len(epochs) == best.number + 2 < 50
    assert trainer.best.number == best.number
    kept = score(trainer.network, trainer.validation, trainer.normalise)
    assert kept.loss == pytest.approx(best.validation.loss)


def test_without_patience_the_last_weights_are_kept(few_digits: ImageDataset) -> None:
    trainer = make(few_digits, Recipe(epochs=3))

    last = completed_epochs(trainer)[-1]

    assert not trainer.stopped_early
    assert_same_bits(weights(trainer), dict(last.checkpoint.network))


def test_progress_tells_how_far_it_is_and_how_it_goes(
    few_digits: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_module, "PROGRESS_SECONDS", 0)
    trainer = make(few_digits, Recipe(epochs=2, batch_size=50))

    reports = [event for event in trainer.epochs() if isinstance(event, Progress)]

    training = [progress for progress in reports if progress.phase == "training"]
    assert [(progress.epoch, progress.step, progress.steps) for progress in training] == [
        (epoch, step, 5) for epoch in (1, 2) for step in range(1, 6)
    ]
    for progress in training:
        assert 0 <= (progress.accuracy or 0) <= 1
        assert math.isfinite(progress.loss or math.nan)
        assert (progress.images_per_second or 0) > 0
        assert (progress.eta_seconds or 0) >= 0
    assert sum(progress.phase == "evaluating" for progress in reports) == 2


def test_an_epoch_reports_every_metric_of_every_layer(few_digits: ImageDataset) -> None:
    trainer = make(few_digits, Recipe(epochs=1, schedule="cosine"))

    [done] = completed_epochs(trainer)

    metrics = done.epoch.metrics()
    assert metrics["learning_rate"] == pytest.approx(0, abs=1e-9)
    assert {"gradient_norm/conv1", "gradient_norm/conv2", "gradient_norm/classifier"} <= set(
        metrics
    )
    for split in ("train", "validation", "test"):
        assert 0 <= metrics[f"{split}_accuracy"] <= 1
        assert metrics[f"{split}_loss"] > 0
    assert metrics["images_per_second"] == pytest.approx(225 / metrics["seconds"])
    assert trainer.train_seconds == pytest.approx(metrics["seconds"])


@given(num_images=st.integers(1, 5000), batch_size=st.integers(1, 600))
def test_every_image_is_in_one_batch_and_none_is_alone(num_images: int, batch_size: int) -> None:
    sizes = batch_sizes(num_images, batch_size)

    assert sum(sizes) == num_images
    assert max(sizes) <= batch_size + 1
    if num_images > 1 and batch_size > 1:
        assert min(sizes) > 1


@pytest.mark.gpu
def test_a_gpu_trains_as_the_processor_does(few_digits: ImageDataset, cuda: torch.device) -> None:
    recipe = Recipe(epochs=2, batch_size=32, precision="float32")
    here = make(few_digits, recipe)
    network = build("cnn", SMALL["cnn"], few_digits.image_shape, 10, seed=3)
    there = Trainer(network, few_digits, recipe, seed=3, device=cuda)

    losses = [completed_epochs(trainer)[-1].epoch.validation.loss for trainer in (here, there)]

    assert losses[0] == pytest.approx(losses[1], rel=0.2)  # dropout draws differ
