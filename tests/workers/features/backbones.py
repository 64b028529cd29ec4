"""A small backbone, and images for it."""

from pathlib import Path

import torch

from models import Backbone, ImageShape
from workers.datasets.image_dataset import ImageDataset, Split
from workers.features.description import WantedFeatures
from workers.features.find import FrozenBackbone
from workers.features.store import FeaturesStore
from workers.storage.artifacts import ArtifactStore
from workers.storage.ready_datasets import DatasetIdentity
from workers.training.trainer import build
from workers.weights.wanted import FoundWeights

CPU = torch.device("cpu")
SIDE, NUM_CLASSES = 24, 3
IDENTITY = DatasetIdentity("a" * 64, "given")
SCALE = ((0.5,) * 3, (0.5,) * 3)
WEIGHTS = FoundWeights("mine", "b" * 64, "upload", "mit")


def make_backbone(
    channels: int = 3,
    resolution: int = 32,
    architecture: str = "timm/test_efficientnet",
    **options: int,
) -> Backbone:
    built = build(
        architecture,
        {"pretrained": "mine", "resolution": resolution, **options},
        ImageShape(channels, SIDE, SIDE),
        NUM_CLASSES,
        seed=0,
    )
    assert isinstance(built, Backbone)
    return built


def make_images(num_train: int = 60, channels: int = 3, seed: int = 0) -> ImageDataset:
    """Images of three classes, each with a colour or brightness of its own."""
    generator = torch.Generator().manual_seed(seed)
    sizes = (num_train, 12, 24)
    labels = torch.randint(0, NUM_CLASSES, (sum(sizes),), generator=generator)
    noise = torch.randint(0, 120, (sum(sizes), channels, SIDE, SIDE), generator=generator)
    images = (noise + 60 * labels[:, None, None, None]).to(torch.uint8)
    splits = [Split(*pair) for pair in zip(images.split(sizes), labels.split(sizes), strict=True)]
    classes = tuple("abc")
    return ImageDataset("colours", classes, IDENTITY.sha256, *splits, split=IDENTITY.split)


def freeze(images: ImageDataset, backbone: Backbone | None = None) -> FrozenBackbone:
    return FrozenBackbone(
        (backbone or make_backbone(images.image_shape.channels)).eval(),
        WantedFeatures("timm/test_efficientnet", 32, IDENTITY, WEIGHTS, SCALE),
        images,
        CPU,
        report_nothing,
    )


def report_nothing(phase: str, done: int, total: int) -> None:
    del phase, done, total


def store_in(folder: Path) -> FeaturesStore:
    return FeaturesStore(ArtifactStore(str(folder / "artifacts")), folder / "features")
