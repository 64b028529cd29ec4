"""A step that is captured once and replayed trains to the same bits as a step that is run each time."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from models import architectures
from tests import imitated_graph
from tests.workers.training.trainings import (
    CPU,
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
from workers.datasets.image_dataset import ImageDataset
from workers.training.checkpoint import Checkpoint
from workers.training.hardware import cuda_graphs
from workers.training.hardware.cuda_graphs import CapturedFunction, Tensors
from workers.training.recipe import Recipe
from workers.training.step import TrainingStep
from workers.training.trainer import CompletedEpoch, Trainer, build

NEVER = 10**9


@pytest.fixture
def imitated(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Trainings on the CPU capture their steps, by imitation."""
    imitated_graph.imitate(monkeypatch)
    return monkeypatch


def bits(trainer: Trainer) -> tuple[list[dict[str, float]], dict[str, Tensor]]:
    """The metrics of each epoch, gradient norms included, and the weights at the end."""
    return [exact(completed.epoch) for completed in completed_epochs(trainer)], weights(trainer)


def assert_alike(
    patch: pytest.MonkeyPatch, training: Callable[[], Trainer], *, warm_up: int = 2
) -> None:
    patch.setattr(cuda_graphs, "WARM_UP_CALLS", NEVER)
    epochs, ends = bits(training())
    patch.setattr(cuda_graphs, "WARM_UP_CALLS", warm_up)
    replayed_epochs, replayed_ends = bits(training())

    assert replayed_epochs == epochs
    assert_same_bits(replayed_ends, ends)


@settings(max_examples=4)
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


@pytest.mark.parametrize("balance", ["weights", "sampling"])
def test_a_balanced_training_can_be_captured(
    few_digits: ImageDataset, imitated: pytest.MonkeyPatch, balance: str
) -> None:
    recipe = Recipe(epochs=2, batch_size=45, balance=balance)

    assert_alike(imitated, lambda: make(few_digits, recipe))


@pytest.mark.parametrize("mix", choices("mix"))
def test_every_change_of_images_can_be_captured(
    few_digits: ImageDataset, imitated: pytest.MonkeyPatch, mix: Any
) -> None:
    recipe = Recipe(epochs=2, batch_size=45, mix=mix, **EVERY_CHANGE)

    assert_alike(imitated, lambda: make(few_digits, recipe))


def test_a_training_resumed_before_its_steps_are_captured_ends_in_the_same_bits(
    few_digits: ImageDataset, imitated: pytest.MonkeyPatch
) -> None:
    del imitated
    recipe = Recipe(epochs=3, batch_size=32, augmentation="crop_and_flip", schedule="cosine")
    straight = make(few_digits, recipe)
    kept = [
        event.checkpoint.to_bytes()
        for event in straight.epochs()
        if isinstance(event, CompletedEpoch)
    ]
    continued = make(few_digits, recipe)

    completed_epochs(continued, Checkpoint.from_bytes(kept[0]))

    assert_same_bits(weights(continued), weights(straight))


def test_outputs_stay_when_the_next_call_overwrites_their_memory(
    imitated: pytest.MonkeyPatch,
) -> None:
    del imitated
    double = CapturedFunction(lambda tensor: (tensor * 2,), CPU)

    answers = [double(torch.full((3,), float(number)))[0] for number in range(8)]

    assert [answer.tolist() for answer in answers] == [[2.0 * number] * 3 for number in range(8)]


def test_each_shape_has_a_capture_of_its_own(imitated: pytest.MonkeyPatch) -> None:
    calls = []

    def total(tensor: Tensor) -> tuple[Tensor, ...]:
        calls.append(len(tensor))
        return (tensor.sum(),)

    imitated.setattr(cuda_graphs, "WARM_UP_CALLS", 1)
    replayed = CapturedFunction(total, CPU)

    found = [float(replayed(torch.ones(size))[0]) for size in (3, 5, 3, 5, 3, 5, 3)]

    assert found == [3, 5, 3, 5, 3, 5, 3]
    assert sorted(calls) == [3, 3, 5, 5]  # warmed up, and captured


def test_a_function_that_cannot_be_captured_is_called_as_it_is_with_one_warning(
    imitated: pytest.MonkeyPatch,
) -> None:
    del imitated
    reads_back = CapturedFunction(lambda tensor: (tensor * float(tensor.max()),), CPU)
    found = [
        reads_back(torch.full((2,), 2.0))[0].tolist() for _ in range(cuda_graphs.WARM_UP_CALLS)
    ]

    with pytest.warns(match="cannot be captured: aten::_local_scalar_dense"):
        found += reads_back(torch.full((2,), 3.0))[0].tolist()
    found += reads_back(torch.full((2,), 4.0))[0].tolist()

    assert found == [[4.0, 4.0]] * cuda_graphs.WARM_UP_CALLS + [9.0, 9.0, 16.0, 16.0]


def test_too_little_memory_for_a_capture_is_an_out_of_memory_error(
    imitated: pytest.MonkeyPatch,
) -> None:
    class Full(imitated_graph.ImitatedRecorder):
        def record(self, _: Callable[[], Tensors]) -> tuple[Tensors, Callable[[], None]]:
            raise torch.OutOfMemoryError

    imitated.setattr(cuda_graphs, "Recorder", Full)
    double = CapturedFunction(lambda tensor: (tensor * 2,), CPU)
    for _ in range(cuda_graphs.WARM_UP_CALLS):
        double(torch.ones(2))

    with pytest.raises(torch.OutOfMemoryError):
        double(torch.ones(2))


@pytest.mark.gpu
@pytest.mark.parametrize("mix", choices("mix"))
def test_on_a_gpu_every_change_of_images_ends_in_the_same_bits_when_replayed(
    few_digits: ImageDataset, cuda: torch.device, monkeypatch: pytest.MonkeyPatch, mix: Any
) -> None:
    recipe = Recipe(epochs=4, batch_size=32, mix=mix, **EVERY_CHANGE)

    def training() -> Trainer:
        network = build("cnn", SMALL["cnn"], few_digits.image_shape, 10, seed=3)
        return Trainer(network, few_digits, recipe, seed=3, device=cuda)

    assert_alike(monkeypatch, training)


@pytest.mark.gpu
@pytest.mark.parametrize("balance", ["none", "weights"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("architecture", sorted(SMALL))
def test_on_a_gpu_a_replayed_step_ends_in_the_same_bits(
    few_digits: ImageDataset,
    cuda: torch.device,
    monkeypatch: pytest.MonkeyPatch,
    architecture: str,
    precision: str,
    balance: str,
) -> None:
    recipe = Recipe(
        epochs=4,
        batch_size=32,
        precision=precision,
        balance=balance,
        augmentation="crop_and_flip",
        schedule="one_cycle",
    )

    def training() -> Trainer:
        network = build(architecture, SMALL[architecture], few_digits.image_shape, 10, seed=3)
        return Trainer(network, few_digits, recipe, seed=3, device=cuda)

    assert_alike(monkeypatch, training)


@pytest.mark.gpu
@pytest.mark.parametrize(
    "changes", [{"augmentation": "crop_and_flip"}, {**EVERY_CHANGE, "mix": "cutmix"}]
)
def test_on_a_gpu_no_step_waits_for_the_device(
    few_digits: ImageDataset,
    cuda: torch.device,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, Any],
) -> None:
    network = build("cnn", SMALL["cnn"], few_digits.image_shape, 10, seed=3)
    recipe = Recipe(epochs=3, batch_size=32, **changes)
    trainer = Trainer(network, few_digits, recipe, seed=3, device=cuda)
    call = TrainingStep.__call__

    def watched(step: TrainingStep, *inputs: Any) -> tuple[Tensor, ...]:
        torch.cuda.set_sync_debug_mode("error" if trainer.epochs_done else "default")
        try:
            return call(step, *inputs)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    monkeypatch.setattr(TrainingStep, "__call__", watched)

    assert len(completed_epochs(trainer)) == 3
