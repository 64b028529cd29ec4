"""A checkpoint is read whole or not at all."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.datasets.image_dataset import ImageDataset
from workers.training.checkpoint import Checkpoint, CheckpointError
from workers.training.recipe import Recipe
from workers.training.trainer import CompletedEpoch, Trainer, build


@settings(max_examples=25)
@given(share=st.floats(0, 0.999))
def test_a_torn_checkpoint_is_noticed(share: float, checkpoint: bytes) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint.from_bytes(checkpoint[: int(len(checkpoint) * share)])


@pytest.fixture(scope="module")
def checkpoint(few_digits: ImageDataset) -> bytes:
    network = build("cnn", {}, few_digits.image_shape, few_digits.num_classes, seed=0)
    recipe = Recipe(epochs=1, batch_size=32)
    trainer = Trainer(network, few_digits, recipe, seed=0, device=torch.device("cpu"))
    reports = trainer.epochs()
    return next(
        report.checkpoint.to_bytes() for report in reports if isinstance(report, CompletedEpoch)
    )
