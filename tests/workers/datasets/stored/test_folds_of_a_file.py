"""A fold of a prepared file: its splits choose from all images, and copy none of them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.workers.datasets.stored.test_adoption import write_as_version_0_1
from workers.datasets.content import ContentError
from workers.datasets.fetch import fetch_file
from workers.datasets.image_dataset import ImageDataset
from workers.datasets.listings.splits import Fold, rows_of_fold
from workers.datasets.stored.loading import all_labels, load, mapped_images, mapped_split


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("datasets")
    fetch_file(folder, "digits", folder / "digits.safetensors", report=str)
    return folder / "digits.safetensors"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_as_version_0_1(tmp_path, "spots")
    return tmp_path / "spots.safetensors"


@pytest.fixture(params=["new", "old"])
def path(request: pytest.FixtureRequest) -> Path:
    """A prepared file, of today and of version 0.1."""
    found: Path = request.getfixturevalue(request.param)
    return found


def splits(dataset: ImageDataset) -> dict[str, torch.Tensor]:
    return {
        name: split.images_at(torch.arange(len(split)))
        for name, split in (
            ("train", dataset.train),
            ("validation", dataset.validation),
            ("test", dataset.test),
        )
    }


def test_the_images_of_a_fold_are_counted_in_the_order_of_the_file(path: Path) -> None:
    own = load(path, "mine")
    images = torch.cat(list(splits(own).values()))
    labels = torch.cat([own.train.labels, own.validation.labels, own.test.labels])
    for number in (1, 2, 3):
        fold = load(path, "mine", Fold(number, 3))

        rows = rows_of_fold(labels.numpy(), Fold(number, 3))
        for name, found in splits(fold).items():
            assert torch.equal(found, images[torch.from_numpy(rows[name])])
            assert torch.equal(getattr(fold, name).labels, labels[torch.from_numpy(rows[name])])
        assert (fold.sha256, fold.split) == (own.sha256, f"{own.split}/fold{number}of3")


def test_mean_and_deviation_are_of_the_train_images_of_the_fold(path: Path) -> None:
    fold = load(path, "mine", Fold(2, 3))

    pixels = splits(fold)["train"].double().transpose(0, 1).flatten(1) / 255
    assert fold.mean == pytest.approx(pixels.mean(dim=1).tolist())
    assert fold.std == pytest.approx(pixels.std(dim=1, correction=0).tolist())
    assert fold.mean != load(path, "mine", Fold(1, 3)).mean


def test_all_splits_of_a_fold_look_at_the_same_mapped_images(new: Path) -> None:
    fold = load(new, "digits", Fold(1, 5))

    assert len({split.images.data_ptr() for split in (fold.train, fold.validation, fold.test)}) == 1
    assert fold.num_bytes == load(new, "digits").num_bytes


def test_what_is_mapped_is_in_the_order_in_which_folds_count(path: Path) -> None:
    images, labels = mapped_images(path)
    apart = [mapped_split(path, split) for split in ("train", "validation", "test")]

    assert np.array_equal(images, np.concatenate([found for found, _ in apart]))
    assert np.array_equal(labels, np.concatenate([found for _, found in apart]))
    assert np.array_equal(np.sort(all_labels(path)), np.sort(labels))


def test_a_file_with_too_few_images_of_a_class_has_no_folds(old: Path) -> None:
    with pytest.raises(ContentError, match="60 folds need at least 60 images, and there are 50"):
        load(old, "spots", Fold(1, 60))
