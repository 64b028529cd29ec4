"""A step that is captured once and replayed trains as one that is run afresh each time."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from models import architectures
from tests import imitated_graph
from tests.workers.training.trainings import (
    CPU,
    SMALL,
    assert_same_bits,
    exact,
    make,
    recipes,
    trained,
    weights,
)
from workers.datasets.image_dataset import ImageDataset
from workers.training.checkpoint import Checkpoint
from workers.training.hardware import captured
from workers.training.hardware.captured import Captured, Tensors
from workers.training.recipe import Recipe
from workers.training.trainer import Trained, Trainer, build

NEVER = 10**9


@pytest.fixture
def imitated(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Trainings of the processor capture their steps, by imitation."""
    imitated_graph.imitate(monkeypatch)
    return monkeypatch


def bits(trainer: Trainer) -> tuple[list[dict[str, float]], dict[str, Tensor]]:
    """What there is to know after each epoch, gradient norms with it, and the weights at the end."""
    return [exact(one.epoch) for one in trained(trainer)], weights(trainer)


def assert_alike(
    patch: pytest.MonkeyPatch, training: Callable[[], Trainer], *, warm_up: int = 2
) -> None:
    patch.setattr(captured, "WARM_UP_CALLS", NEVER)
    epochs, ends = bits(training())
    patch.setattr(captured, "WARM_UP_CALLS", warm_up)
    replayed_epochs, replayed_ends = bits(training())

    assert replayed_epochs == epochs
    assert_same_bits(replayed_ends, ends)


@settings(max_examples=6)
@given(recipe=recipes, architecture=st.sampled_from(sorted(SMALL)))
def test_every_recipe_ends_in_the_same_bits(
    few_digits: ImageDataset, recipe: Recipe, architecture: str
) -> None:
    if recipe.batch_size == 1:  # batch norm has nothing to normalise over
        architecture = "cnn"
    with pytest.MonkeyPatch.context() as patch:
        imitated_graph.imitate(patch)
        assert_alike(patch, lambda: make(few_digits, recipe, architecture))


@pytest.mark.parametrize("architecture", architectures)
def test_every_architecture_can_be_captured(
    few_digits: ImageDataset, imitated: pytest.MonkeyPatch, architecture: str
) -> None:
    recipe = Recipe(epochs=1, batch_size=45, optimizer="sgd")

    def training() -> Trainer:
        network = build(architecture, {}, few_digits.image_shape, 10, seed=3)
        return Trainer(network, few_digits, recipe, seed=3, device=CPU)

    assert_alike(imitated, training)


def test_a_training_resumed_before_its_steps_are_captured_ends_in_the_same_bits(
    few_digits: ImageDataset, imitated: pytest.MonkeyPatch
) -> None:
    del imitated
    recipe = Recipe(epochs=3, batch_size=32, augmentation="crop_and_flip", schedule="cosine")
    straight = make(few_digits, recipe)
    kept = [said.checkpoint.to_bytes() for said in straight.epochs() if isinstance(said, Trained)]
    continued = make(few_digits, recipe)

    trained(continued, Checkpoint.from_bytes(kept[0]))

    assert_same_bits(weights(continued), weights(straight))


def test_what_is_returned_stays_when_the_next_call_writes_over_it(
    imitated: pytest.MonkeyPatch,
) -> None:
    del imitated
    double = Captured(lambda one: (one * 2,), CPU)

    answers = [double(torch.full((3,), float(number)))[0] for number in range(8)]

    assert [one.tolist() for one in answers] == [[2.0 * number] * 3 for number in range(8)]


def test_each_shape_is_captured_for_itself(imitated: pytest.MonkeyPatch) -> None:
    calls = []

    def total(one: Tensor) -> tuple[Tensor, ...]:
        calls.append(len(one))
        return (one.sum(),)

    imitated.setattr(captured, "WARM_UP_CALLS", 1)
    replayed = Captured(total, CPU)

    found = [float(replayed(torch.ones(size))[0]) for size in (3, 5, 3, 5, 3, 5, 3)]

    assert found == [3, 5, 3, 5, 3, 5, 3]
    assert sorted(calls) == [3, 3, 5, 5]  # warmed up, and captured


def test_what_cannot_be_captured_is_called_as_it_is_and_says_so_once(
    imitated: pytest.MonkeyPatch,
) -> None:
    del imitated
    asks = Captured(lambda one: (one * float(one.max()),), CPU)
    found = [asks(torch.full((2,), 2.0))[0].tolist() for _ in range(captured.WARM_UP_CALLS)]

    with pytest.warns(match="cannot be captured: aten::_local_scalar_dense"):
        found += asks(torch.full((2,), 3.0))[0].tolist()
    found += asks(torch.full((2,), 4.0))[0].tolist()

    assert found == [[4.0, 4.0]] * captured.WARM_UP_CALLS + [9.0, 9.0, 16.0, 16.0]


def test_too_little_memory_for_a_capture_is_told_as_that(imitated: pytest.MonkeyPatch) -> None:
    class Full(imitated_graph.ImitatedRecorder):
        def record(self, _: Callable[[], Tensors]) -> tuple[Tensors, Callable[[], None]]:
            raise torch.OutOfMemoryError

    imitated.setattr(captured, "Recorder", Full)
    double = Captured(lambda one: (one * 2,), CPU)
    for _ in range(captured.WARM_UP_CALLS):
        double(torch.ones(2))

    with pytest.raises(torch.OutOfMemoryError):
        double(torch.ones(2))


@pytest.mark.gpu
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("architecture", sorted(SMALL))
def test_on_a_gpu_a_replayed_step_ends_in_the_same_bits(
    few_digits: ImageDataset,
    cuda: torch.device,
    monkeypatch: pytest.MonkeyPatch,
    architecture: str,
    precision: str,
) -> None:
    recipe = Recipe(
        epochs=4,
        batch_size=32,
        precision=precision,
        augmentation="crop_and_flip",
        schedule="one_cycle",
    )

    def training() -> Trainer:
        network = build(architecture, SMALL[architecture], few_digits.image_shape, 10, seed=3)
        return Trainer(network, few_digits, recipe, seed=3, device=cuda)

    assert_alike(monkeypatch, training)


@pytest.mark.gpu
def test_on_a_gpu_no_step_waits_for_the_device(
    few_digits: ImageDataset, cuda: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = build("cnn", SMALL["cnn"], few_digits.image_shape, 10, seed=3)
    recipe = Recipe(epochs=3, batch_size=32, augmentation="crop_and_flip")
    trainer = Trainer(network, few_digits, recipe, seed=3, device=cuda)
    run = trainer._run

    def watched(*step: object) -> tuple[Tensor, ...]:
        torch.cuda.set_sync_debug_mode("error" if trainer.epochs_done else "default")
        try:
            return run(*step)  # type: ignore[arg-type]
        finally:
            torch.cuda.set_sync_debug_mode("default")

    monkeypatch.setattr(trainer, "_run", watched)

    assert len(trained(trainer)) == 3
