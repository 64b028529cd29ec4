"""Networks of timm go through a whole training: checkpoint, resumption, weights and ONNX graph."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from models import architectures
from tests.workers.training.trainings import (
    assert_same_bits,
    completed_epochs,
    make,
    weights,
)
from workers.datasets.image_dataset import ImageDataset, Split
from workers.exports.onnx import keep_graph
from workers.storage.artifacts import ArtifactStore
from workers.training.checkpoint import Checkpoint
from workers.training.errors import TrainingError
from workers.training.recipe import Recipe

FAMILIES = [
    "timm/test_resnet",
    "timm/test_efficientnet",
    "timm/mobilenetv3_small_050",
    "timm/test_vit",
    "timm/test_convnext",
    "timm/test_byobnet",
    "timm/regnetx_002",
]


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def large_digits(few_digits: ImageDataset) -> ImageDataset:
    """Some digits at 32 × 32 pixels."""

    def enlarged(split: Split) -> Split:
        images = split.images_at(torch.arange(24))
        images = images.repeat_interleave(4, 2).repeat_interleave(4, 3)
        return Split(images, split.labels[:24])

    splits = {name: enlarged(getattr(few_digits, name)) for name in ("train", "validation", "test")}
    return replace(few_digits, **splits, moments=None)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_network_is_trained_resumed_exported_and_stored(
    name: str, large_digits: ImageDataset, tmp_path: Path
) -> None:
    recipe = Recipe(epochs=2, batch_size=8)
    straight = make(large_digits, recipe, name)
    first, last = completed_epochs_kept(straight)
    continued = make(large_digits, recipe, name)
    completed_epochs(continued, Checkpoint.from_bytes(first))

    assert_same_bits(weights(continued), weights(straight))
    assert Checkpoint.from_bytes(last).epoch == 2

    network = straight.network
    moments = (large_digits.mean, large_digits.std)
    images = large_digits.test.images
    graph = keep_graph(network, moments, images, ArtifactStore(str(tmp_path)), "a.onnx")
    assert graph.get("parity", graph)["max_probability_difference"] < 1e-4

    again = architectures[name](large_digits.image_shape, large_digits.num_classes)
    again.load_state_dict(load(save({k: v.contiguous() for k, v in network.state_dict().items()})))
    assert_same_bits(again.state_dict(), network.state_dict())


def completed_epochs_kept(trainer) -> list[bytes]:
    """The checkpoint of every epoch, as it is stored: the next step changes its tensors."""
    return [
        event.checkpoint.to_bytes() for event in trainer.epochs() if hasattr(event, "checkpoint")
    ]


def test_images_that_a_network_does_not_take_fail_the_training_with_a_sentence(
    few_digits: ImageDataset,
) -> None:
    with pytest.raises(TrainingError, match="does not take images of 8 × 8 pixels"):
        make(few_digits, Recipe(), "timm/inception_v3")
