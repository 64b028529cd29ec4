"""Loads a prepared file as a dataset: its images are memory-mapped, and read when they are needed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.datasets.image_dataset import ImageDataset, Split
from workers.datasets.listings.listing import SPLITS
from workers.datasets.listings.splits import Fold, refuse_too_few_for_folds, rows_of_fold
from workers.datasets.stored import earlier_versions
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.prepared_file import Header, map_tensor, read_header


def load(path: Path, name: str, fold: Fold | None = None) -> ImageDataset:
    """The dataset in a prepared file, which versions up to 0.1 wrote in another form.

    With a fold, its splits are those of the fold. ContentError where there are too few images.
    """
    from safetensors.torch import load_file

    header = read_header(path)
    tensors = load_file(path)
    description = describe_file(header)
    is_prepared_file = header.is_prepared_file
    splits = (
        _cut_splits(tensors, description) if is_prepared_file else earlier_versions.cut(tensors)
    )
    dataset = ImageDataset(
        name=name,
        classes=description.classes,
        sha256=description.sha256,
        split=description.split,
        preparation=description.preparation,
        moments=(description.mean, description.std) if description.mean else None,
        **splits,
    )
    if fold is None:
        return dataset
    pool = _all_images(tensors) if is_prepared_file else _join_splits(dataset)
    return _choose_fold(dataset, pool, fold)


def mapped_images(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All images (N, H, W, C) and labels (N,) of a prepared file, as `mapped_split` gives some."""
    if read_header(path).is_prepared_file:
        return map_tensor(path, "images"), map_tensor(path, "labels")
    pool = _join_splits(load(path, ""))
    return pool.images.permute(0, 2, 3, 1).numpy(), pool.labels.numpy()


def all_labels(path: Path) -> NDArray[np.int64]:
    """The labels (N,) of all images of a prepared file, in an order that says nothing."""
    is_prepared_file = read_header(path).is_prepared_file
    names = ["labels"] if is_prepared_file else ["train_labels", "test_labels"]
    return np.concatenate([map_tensor(path, name) for name in names])


def mapped_split(path: Path, split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images (N, H, W, C) and labels (N,) of a split; of a mapped file nothing is read yet."""
    header = read_header(path)
    if not header.is_prepared_file:
        loaded: Split = getattr(load(path, ""), split)
        return loaded.images.permute(0, 2, 3, 1).numpy(), loaded.labels.numpy()
    sizes = header.description["sizes"]
    start = sum(sizes[before] for before in SPLITS[: SPLITS.index(split)])
    rows = slice(start, start + sizes[split])
    return map_tensor(path, "images")[rows], map_tensor(path, "labels")[rows]


def describe_file(header: Header) -> DatasetDescription:
    """What the header of a prepared file says, of this form or of that of versions up to 0.1."""
    if header.is_prepared_file:
        return DatasetDescription.from_json(header.description)
    return earlier_versions.describe(header)


def _choose_fold(dataset: ImageDataset, pool: Split, fold: Fold) -> ImageDataset:
    """The dataset with the splits of a fold, which choose from all its images and copy none."""
    labels = pool.labels.numpy()
    refuse_too_few_for_folds(labels, dataset.classes, fold.folds)
    rows = {split: torch.from_numpy(found) for split, found in rows_of_fold(labels, fold).items()}
    splits = {split: Split(pool.images, pool.labels[found], found) for split, found in rows.items()}
    return replace(
        dataset,
        split=f"{dataset.split}/{fold.name}",
        train=splits["train"],
        validation=splits["validation"],
        test=splits["test"],
        moments=None,  # those of the file are of its own train split
    )


def _all_images(tensors: dict[str, Tensor]) -> Split:
    """All images of a prepared file: (N, H, W, C) → (N, C, H, W), nothing is moved."""
    return Split(tensors["images"].permute(0, 3, 1, 2), tensors["labels"])


def _join_splits(dataset: ImageDataset) -> Split:
    """All images of a dataset in new memory, as those of a file of version 0.1, which lie apart."""
    splits = (dataset.train, dataset.validation, dataset.test)
    return Split(
        torch.cat([split.images for split in splits]), torch.cat([split.labels for split in splits])
    )


def _cut_splits(tensors: dict[str, Tensor], description: DatasetDescription) -> dict[str, Split]:
    whole = _all_images(tensors)
    found, start = {}, 0
    for split, size in description.sizes.items():
        end = start + size
        found[split] = Split(whole.images[start:end], whole.labels[start:end])
        start = end
    return found
