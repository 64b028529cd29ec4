"""Small trainings, and how to compare them."""

from typing import Any, get_args, get_type_hints

import torch
from hypothesis import strategies as st
from torch import Tensor

from workers.datasets.image_dataset import ImageDataset
from workers.training.checkpoint import Checkpoint
from workers.training.recipe import Recipe
from workers.training.results import Epoch
from workers.training.trainer import CompletedEpoch, Trainer, build

CPU = torch.device("cpu")
SMALL: dict[str, dict[str, Any]] = {
    "fully_connected": {"widths": (24,), "dropout": 0.2, "batch_norm": True},
    "cnn": {"channels": (4, 8), "dropout": 0.2},
    "residual_cnn": {"channels": (4, 8)},
}
TIMED = {"seconds", "images_per_second"}


def make(
    dataset: ImageDataset, recipe: Recipe, architecture: str = "cnn", seed: int = 3, **options: Any
) -> Trainer:
    options = options or SMALL.get(architecture, {})
    shape, classes = dataset.image_shape, dataset.num_classes
    network = build(architecture, options, shape, classes, seed=seed)
    return Trainer(network, dataset, recipe, seed=seed, device=CPU)


def completed_epochs(trainer: Trainer, resume: Checkpoint | None = None) -> list[CompletedEpoch]:
    return [event for event in trainer.epochs(resume) if isinstance(event, CompletedEpoch)]


def exact(epoch: Epoch) -> dict[str, float]:
    return {name: value for name, value in epoch.metrics().items() if name not in TIMED}


def weights(trainer: Trainer) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in trainer.network.state_dict().items()}


def assert_same_bits(first: dict[str, Tensor], second: dict[str, Tensor]) -> None:
    assert first.keys() == second.keys()
    assert [name for name in first if not torch.equal(first[name], second[name])] == []


def choices(field: str) -> tuple[str, ...]:
    """What a field of a recipe can be, where it is one of a few names."""
    return get_args(get_type_hints(Recipe)[field])


#: All that can be done to images at once; another of these for each way of mixing.
EVERY_CHANGE: dict[str, Any] = {
    "augmentation": "resized_crop_and_flip",
    "augmentation_policy": "trivial_augment",
    "colour_jitter": 0.4,
    "erasing": 0.5,
}

recipes = st.builds(
    Recipe,
    epochs=st.integers(2, 4),
    batch_size=st.sampled_from([1, 16, 32, 37, 224, 500]),
    optimizer=st.sampled_from(["adam", "adamw", "sgd"]),
    learning_rate=st.sampled_from([1e-3, 1e-2]),
    schedule=st.sampled_from(["constant", "cosine", "one_cycle"]),
    momentum=st.sampled_from([0.0, 0.9]),
    weight_decay=st.sampled_from([0.0, 1e-2]),
    label_smoothing=st.sampled_from([0.0, 0.1]),
    augmentation=st.sampled_from(choices("augmentation")),
    augmentation_policy=st.sampled_from(choices("augmentation_policy")),
    colour_jitter=st.sampled_from([0.0, 0.4]),
    erasing=st.sampled_from([0.0, 0.5]),
    mix=st.sampled_from(choices("mix")),
    early_stopping_patience=st.integers(0, 2),
    precision=st.sampled_from(["float32", "bfloat16"]),
    balance=st.sampled_from(["none", "weights", "sampling"]),
    warm_up=st.sampled_from([0.0, 0.3]),
    ema_decay=st.sampled_from([0.0, 0.9]),
    test_flips=st.booleans(),
)
