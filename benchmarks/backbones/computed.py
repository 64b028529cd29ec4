"""Features as a job computes them, from the choice of an engine to the file; prints what it describes.

`python -m benchmarks.backbones.computed NUMBER`
"""

import sys
import tempfile
from pathlib import Path

import torch

from benchmarks.backbones.noise import NETWORK, SIDE, pictures
from models import Backbone, ImageShape
from workers.datasets.image_dataset import ImageDataset, Split
from workers.features.description import WantedFeatures
from workers.features.find import FrozenBackbone
from workers.features.store import FeaturesStore
from workers.storage.artifacts import ArtifactStore
from workers.storage.ready_datasets import DatasetIdentity
from workers.training.hardware import device as devices
from workers.training.trainer import build
from workers.weights.wanted import FoundWeights

HELD_OUT = 32  # images of validation, and of test


def main(number: int) -> None:
    """Compute the features of so many images, in a folder that is removed."""
    device = torch.device("cpu")
    devices.prepare(device)
    options = {"pretrained": True, "resolution": SIDE}
    backbone = build(f"timm/{NETWORK}", options, ImageShape(3, SIDE, SIDE), 10, seed=0).eval()
    if not isinstance(backbone, Backbone):
        raise TypeError(NETWORK)
    sizes = (number - 2 * HELD_OUT, HELD_OUT, HELD_OUT)
    images, labels = pictures(number), torch.zeros(number, dtype=torch.int64)
    train, validation, test = (
        Split(*pair) for pair in zip(images.split(sizes), labels.split(sizes), strict=True)
    )
    dataset = ImageDataset("pictures", tuple("0123456789"), "0" * 64, train, validation, test)
    wanted = WantedFeatures(
        f"timm/{NETWORK}",
        SIDE,
        DatasetIdentity("0" * 64, "given"),
        FoundWeights("", "", "", None),
        backbone.preprocessing.scale,
    )
    with tempfile.TemporaryDirectory() as folder:
        store = FeaturesStore(ArtifactStore(folder), Path(folder))
        frozen = FrozenBackbone(backbone, wanted, dataset, device, _report_nothing)
        sys.stdout.write(frozen.features(store).description.model_dump_json() + "\n")


def _report_nothing(phase: str, done: int, total: int) -> None:
    del phase, done, total


if __name__ == "__main__":
    main(int(sys.argv[1]))
