"""The prepared files of versions up to 0.1: train and test lie apart, and validation is held out anew."""

import json

import torch
from torch import Tensor

from models import ImageShape
from workers.datasets.image_dataset import Split
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.preparation import Preparation
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.prepared_file import Header
from workers.storage.ready_datasets import RANDOM_VALIDATION

# Fixed: those versions held out the same images at every loading.
VALIDATION_SHARE = 0.1  # of what the source calls train
SPLIT_SEED = 20_220_401


def describe(header: Header) -> DatasetDescription:
    """What the header of such a file says. ValueError, KeyError or TypeError where it is none."""
    metadata = header.metadata
    num_images, *shape = header.entries["train_images"]["shape"]
    channels, height, width = ImageShape(*shape)
    num_validation = _num_validation(num_images)
    return DatasetDescription(
        classes=tuple(json.loads(metadata["classes"])),
        sizes={
            "train": num_images - num_validation,
            "validation": num_validation,
            "test": header.entries["test_labels"]["shape"][0],
        },
        sha256=metadata["sha256"],
        split=RANDOM_VALIDATION,
        preparation=Preparation(channels, Geometry(width, height, "stretch")),
        source=metadata["source"],
        notes=[metadata["note"]] if metadata["note"] else [],
    )


def cut(tensors: dict[str, Tensor]) -> dict[str, Split]:
    """The splits of such a file: validation is a fixed random tenth of what it calls train."""
    train = Split(tensors["train_images"], tensors["train_labels"])
    order = torch.randperm(len(train), generator=torch.Generator().manual_seed(SPLIT_SEED))
    num_validation = _num_validation(len(train))
    return {
        "train": train.select(order[num_validation:]),
        "validation": train.select(order[:num_validation]),
        "test": Split(tensors["test_images"], tensors["test_labels"]),
    }


def _num_validation(num_images: int) -> int:
    return max(1, round(num_images * VALIDATION_SHARE))
