"""A training on a fold: its test images change nothing, and its checkpoints are of no other fold."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.workers.training.trainings import assert_same_bits, completed_epochs, make, weights
from workers.datasets.fetch import fetch_file
from workers.datasets.image_dataset import ImageDataset, Split
from workers.datasets.listings.splits import Fold
from workers.datasets.stored.loading import load
from workers.training.checkpoint import Checkpoint
from workers.training.errors import OtherDatasetError
from workers.training.recipe import Recipe

RECIPE = Recipe(epochs=8, batch_size=64, learning_rate=0.02, early_stopping_patience=1)


@pytest.fixture(scope="module")
def folds(tmp_path_factory: pytest.TempPathFactory) -> list[ImageDataset]:
    folder = tmp_path_factory.mktemp("datasets")
    fetch_file(folder, "digits", folder / "digits.safetensors", report=str)
    path: Path = folder / "digits.safetensors"
    return [load(path, "digits", Fold(number, 3)) for number in (1, 2, 3)]


def test_neither_weights_nor_the_end_of_a_training_depend_on_the_fold_that_tests(
    folds: list[ImageDataset],
) -> None:
    fold = folds[0]
    noise = torch.randint(0, 256, (len(fold.test), 1, 8, 8), dtype=torch.uint8)
    other = replace(fold, test=Split(noise, fold.test.labels.flip(0)))
    straight, disturbed = make(fold, RECIPE), make(other, RECIPE)

    epochs = completed_epochs(straight)
    other_epochs = completed_epochs(disturbed)

    assert straight.stopped_early
    assert (straight.epochs_done, straight.best.number) == (
        disturbed.epochs_done,
        disturbed.best.number,
    )
    assert_same_bits(weights(straight), weights(disturbed))
    assert [done.epoch.validation for done in epochs] == [
        done.epoch.validation for done in other_epochs
    ]
    assert epochs[0].epoch.test != other_epochs[0].epoch.test


def test_a_checkpoint_goes_on_with_its_own_fold_alone(folds: list[ImageDataset]) -> None:
    checkpoint = completed_epochs(make(folds[0], replace(RECIPE, epochs=1)))[0].checkpoint
    stored = Checkpoint.from_bytes(checkpoint.to_bytes())

    assert stored.dataset.endswith("/fold1of3")
    with pytest.raises(OtherDatasetError):
        completed_epochs(make(folds[1], RECIPE), stored)
    assert completed_epochs(make(folds[0], RECIPE), stored)
