"""Images that are streamed to the device train to the same bits as images that lie there."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import torch

from tests.workers.training.trainings import (
    CPU,
    SMALL,
    assert_same_bits,
    completed_epochs,
    exact,
    make,
    weights,
)
from workers.datasets.image_dataset import ImageDataset, Split
from workers.training.checkpoint import Checkpoint
from workers.training.final_evaluation import evaluate_trained
from workers.training.hardware import streaming
from workers.training.hardware.streaming import StreamedSplit, one_ahead
from workers.training.recipe import Recipe
from workers.training.trainer import CompletedEpoch, Trainer, build


def streamed(patch: pytest.MonkeyPatch) -> None:
    """No image fits on a device from now on."""
    patch.setattr(streaming, "resident_bytes", lambda _: 0)


@pytest.mark.parametrize("architecture", sorted(SMALL))
@pytest.mark.parametrize("augmentation", ["none", "crop_and_flip"])
def test_a_streamed_training_ends_in_the_same_bits_resumed_or_not(
    few_digits: ImageDataset, architecture: str, augmentation: Literal["none", "crop_and_flip"]
) -> None:
    recipe = Recipe(epochs=2, batch_size=32, augmentation=augmentation)
    resident = make(few_digits, recipe, architecture)
    expected = [exact(completed.epoch) for completed in completed_epochs(resident)]

    with pytest.MonkeyPatch.context() as patch:
        streamed(patch)
        straight = make(few_digits, recipe, architecture)
        found, checkpoints = [], []
        for event in straight.epochs():
            if isinstance(event, CompletedEpoch):
                found.append(exact(event.epoch))
                checkpoints.append(event.checkpoint.to_bytes())
        continued = make(few_digits, recipe, architecture)
        completed_epochs(continued, Checkpoint.from_bytes(checkpoints[0]))

    assert isinstance(straight.train_split, StreamedSplit)
    assert found == expected
    assert_same_bits(weights(straight), weights(resident))
    assert_same_bits(weights(continued), weights(resident))


@pytest.mark.usefixtures("quick_latency")
def test_the_final_scores_of_a_streamed_training_are_the_same(
    few_digits: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(epochs=1, batch_size=32)
    resident = make(few_digits, recipe)
    completed_epochs(resident)
    expected = evaluate_trained(resident, few_digits)
    streamed(monkeypatch)
    trainer = make(few_digits, recipe)
    completed_epochs(trainer)

    found = evaluate_trained(trainer, few_digits)

    assert found.result.train == expected.result.train
    assert found.result.validation == expected.result.validation
    assert torch.equal(found.test_probabilities, expected.test_probabilities)


def test_a_file_larger_than_the_budget_trains_without_being_read_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(streaming.MAX_RESIDENT_BYTES, "cpu", 64 * 2**20)
    num_images, side = 3000, 160
    images = mapped(tmp_path / "images", (num_images, side, side, 3)).permute(0, 3, 1, 2)
    labels = torch.arange(num_images) % 2
    dataset = ImageDataset(
        name="sparse",
        classes=("a", "b"),
        sha256="",
        train=Split(images[:2800], labels[:2800]),
        validation=Split(images[2800:2900], labels[2800:2900]),
        test=Split(images[2900:], labels[2900:]),
        moments=((0.5,) * 3, (0.3,) * 3),
    )
    network = build("fully_connected", {"widths": (8,)}, dataset.image_shape, 2, seed=0)
    before = anonymous_bytes()

    trainer = Trainer(network, dataset, Recipe(batch_size=32), seed=0, device=CPU)
    inputs = trainer.step.inputs(trainer.batches, 1)
    losses = [float(trainer.step(next(inputs), 1e-3)[0]) for _ in range(10)]

    assert isinstance(trainer.train_split, StreamedSplit)
    assert all(loss > 0 for loss in losses)
    assert dataset.num_bytes > 200 * 2**20
    assert anonymous_bytes() - before < 150 * 2**20  # the heap grows by 64 MiB at once


def test_splits_that_choose_from_a_file_larger_than_the_budget_read_no_more_than_they_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(streaming.MAX_RESIDENT_BYTES, "cpu", 64 * 2**20)
    num_images, side = 3000, 160
    images = mapped(tmp_path / "images", (num_images, side, side, 3)).permute(0, 3, 1, 2)
    labels = torch.arange(num_images) % 2
    order = torch.randperm(num_images, generator=torch.Generator().manual_seed(0))
    train, validation, test = (
        Split(images, labels[rows], rows) for rows in order.split([2000, 200, 800])
    )
    dataset = ImageDataset("sparse", ("a", "b"), "", train, validation, test)
    network = build("fully_connected", {"widths": (8,)}, dataset.image_shape, 2, seed=0)
    before = anonymous_bytes()

    trainer = Trainer(network, dataset, Recipe(batch_size=32), seed=0, device=CPU)
    inputs = trainer.step.inputs(trainer.batches, 1)
    losses = [float(trainer.step(next(inputs), 1e-3)[0]) for _ in range(10)]

    assert all(loss > 0 for loss in losses)
    assert dataset.mean == (0.0,) * 3
    assert dataset.num_bytes > 200 * 2**20
    assert anonymous_bytes() - before < 150 * 2**20  # the heap grows by 64 MiB at once


def pooled(dataset: ImageDataset, layout: torch.memory_format) -> tuple[ImageDataset, ImageDataset]:
    """Splits that choose from all images in mixed order, and the same splits with images of their own."""
    splits = (dataset.train, dataset.validation, dataset.test)
    images = torch.cat([split.images for split in splits]).contiguous(memory_format=layout)
    labels = torch.cat([split.labels for split in splits])
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0)).split(112)
    rows = [part.sort().values for part in order]
    choosing, own = (
        replace(dataset, train=train, validation=validation, test=test)
        for train, validation, test in (
            [Split(images, labels[part], part) for part in rows],
            [Split(images[part], labels[part]) for part in rows],
        )
    )
    return choosing, own


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("is_streamed", [False, True])
@pytest.mark.usefixtures("quick_latency")
def test_splits_that_choose_from_all_images_train_to_the_same_bits_as_those_with_their_own(
    coloured: ImageDataset,
    monkeypatch: pytest.MonkeyPatch,
    layout: torch.memory_format,
    *,
    is_streamed: bool,
) -> None:
    choosing, own = pooled(coloured, layout)
    recipe = Recipe(epochs=2, batch_size=32, augmentation="crop_and_flip")
    expected = make(own, recipe)
    expected_epochs = [exact(completed.epoch) for completed in completed_epochs(expected)]
    expected_end = evaluate_trained(expected, own)
    if is_streamed:
        streamed(monkeypatch)
    trainer = make(choosing, recipe)

    epochs = [exact(completed.epoch) for completed in completed_epochs(trainer)]
    end = evaluate_trained(trainer, choosing)

    assert isinstance(trainer.train_split, StreamedSplit) is is_streamed
    assert (choosing.mean, choosing.std, choosing.num_bytes) == (own.mean, own.std, own.num_bytes)
    assert epochs == expected_epochs
    assert_same_bits(weights(trainer), weights(expected))
    assert torch.equal(end.test_probabilities, expected_end.test_probabilities)
    assert torch.equal(end.validation_probabilities, expected_end.validation_probabilities)


@pytest.fixture
def coloured(few_digits: ImageDataset) -> ImageDataset:
    """Digits in three colours that differ, so that the memory layout matters."""

    def paint(split: Split) -> Split:
        red, green, blue = split.images, 255 - split.images, split.images // 2
        return Split(torch.cat([red, green, blue], dim=1), split.labels)

    return replace(
        few_digits,
        train=paint(few_digits.train),
        validation=paint(few_digits.validation),
        test=paint(few_digits.test),
    )


def test_images_are_chosen_on_a_processor_without_being_copied_where_their_layout_fits(
    coloured: ImageDataset,
) -> None:
    choosing, _ = pooled(coloured, torch.channels_last)
    found = choosing.train.to(CPU, torch.channels_last)
    moved = choosing.train.to(CPU, torch.contiguous_format)

    assert found.images.data_ptr() == choosing.train.images.data_ptr()
    assert len(moved.images) == len(choosing.train) < len(choosing.train.images)


def test_moments_are_those_of_all_pixels_however_few_are_counted_at_once(
    few_digits: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = few_digits.mean, few_digits.std
    monkeypatch.setattr("workers.datasets.image_dataset.PIXELS_AT_ONCE", 100)

    again = replace(few_digits)

    assert (again.mean, again.std) == whole
    pixels = few_digits.train.images.double() / 255
    assert again.mean == pytest.approx([float(pixels.mean())])
    assert again.std == pytest.approx([float(pixels.std(correction=0))])


def test_one_item_is_prepared_while_the_one_before_it_is_used() -> None:
    started = {number: threading.Event() for number in range(4)}

    def prepare(number: int) -> int:
        started[number].set()
        return number

    items = one_ahead(prepare, range(4))

    for number in range(3):
        assert next(items) == number
        assert started[number + 1].wait(timeout=30)
    assert list(items) == [3]


def test_an_error_of_the_thread_is_raised_where_the_item_is_asked_for() -> None:
    items = one_ahead(lambda number: 1 // number, [1, 0])

    assert next(items) == 1
    with pytest.raises(ZeroDivisionError):
        next(items)


def test_nothing_is_left_running_when_a_pass_is_given_up() -> None:
    before = threading.active_count()
    items = one_ahead(str, range(100))
    next(items)

    items.close()

    assert threading.active_count() == before


@pytest.mark.gpu
def test_a_gpu_ends_in_the_same_bits_where_splits_choose_from_all_images(
    coloured: ImageDataset, cuda: torch.device
) -> None:
    recipe = Recipe(epochs=2, batch_size=32, augmentation="crop")
    trained = []
    for dataset in pooled(coloured, torch.channels_last):
        network = build("cnn", {"channels": (4, 8)}, dataset.image_shape, 10, seed=3)
        trainer = Trainer(network, dataset, recipe, seed=3, device=cuda)
        completed_epochs(trainer)
        trained.append(weights(trainer))

    assert_same_bits(*trained)


@pytest.mark.gpu
def test_a_gpu_ends_in_the_same_bits_streamed_or_not(
    few_digits: ImageDataset, cuda: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe(epochs=2, batch_size=32, augmentation="crop")

    def trained() -> Trainer:
        network = build("cnn", {"channels": (4, 8)}, few_digits.image_shape, 10, seed=3)
        trainer = Trainer(network, few_digits, recipe, seed=3, device=cuda)
        completed_epochs(trainer)
        return trainer

    resident = trained()
    streamed(monkeypatch)

    assert_same_bits(weights(trained()), weights(resident))


def mapped(path: Path, shape: tuple[int, ...]) -> torch.Tensor:
    """A sparse file of zeros, mapped."""
    size = torch.Size(shape).numel()
    with path.open("wb") as file:
        file.truncate(size)
    return torch.from_file(str(path), shared=False, size=size, dtype=torch.uint8).view(shape)


def anonymous_bytes() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
