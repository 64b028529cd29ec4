"""A head trains on features as any network on images, to the same bits, and ends in a plain backbone."""

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import Tensor

from models import Backbone
from tests.workers.features.backbones import CPU, freeze, make_backbone, make_images, store_in
from tests.workers.training.trainings import (
    assert_same_bits,
    completed_epochs,
    exact,
    weights,
)
from workers.datasets.image_dataset import ImageDataset, Split
from workers.features import head
from workers.features.store import Features
from workers.training.checkpoint import Checkpoint
from workers.training.errors import OtherDatasetError
from workers.training.hardware.dense_gradients import DenseGradients
from workers.training.measuring.evaluation import logits
from workers.training.recipe import Recipe
from workers.training.trainer import CompletedEpoch, Trainer

RECIPE = Recipe(epochs=4, batch_size=16, learning_rate=0.01)
IMAGES = make_images()


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Features:
    return freeze(IMAGES).features(store_in(tmp_path_factory.mktemp("features")))


def trainer_of(
    backbone: Backbone, dataset: ImageDataset, recipe: Recipe = RECIPE, seed: int = 3
) -> Trainer:
    return Trainer(head.trainable(backbone.head), dataset, recipe, seed=seed, device=CPU)


@pytest.mark.parametrize("hidden_units", [0, 16])
def test_the_folded_head_gives_on_features_what_was_trained_on_normalised_ones(
    features: Features, hidden_units: int
) -> None:
    backbone = make_backbone(hidden_units=hidden_units).eval()
    dataset = head.dataset_of(IMAGES, features)
    trainer = trainer_of(backbone, dataset)
    epochs = completed_epochs(trainer)
    evaluated = logits(trainer.network, trainer.test, trainer.normalise)

    head.fold_normalisation(backbone.head, dataset)

    with torch.inference_mode():
        found = backbone.head(dataset.test.images.flatten(1).float())
    torch.testing.assert_close(found, evaluated, rtol=1e-4, atol=1e-4)
    assert epochs[-1].epoch.train.accuracy > 0.9
    assert set(dict(backbone.head.named_children())) <= {"hidden", "relu", "classifier"}


def test_linear_heads_are_differentiated_by_hand(features: Features) -> None:
    dataset = head.dataset_of(IMAGES, features)

    for hidden_units in (0, 16):
        trainer = trainer_of(make_backbone(hidden_units=hidden_units), dataset)
        assert isinstance(trainer.step.gradients, DenseGradients)


def test_a_resumed_head_ends_in_the_same_bits(features: Features) -> None:
    dataset = head.dataset_of(IMAGES, features)
    straight, resumed = (trainer_of(make_backbone(hidden_units=8), dataset) for _ in range(2))
    epochs, kept = [], []
    for report in straight.epochs():
        if isinstance(report, CompletedEpoch):
            epochs.append(report)
            kept.append(report.checkpoint.to_bytes())

    rest = completed_epochs(resumed, Checkpoint.from_bytes(kept[1]))

    assert_same_bits(weights(straight), weights(resumed))
    assert [exact(each.epoch) for each in rest] == [exact(each.epoch) for each in epochs[2:]]


def test_a_checkpoint_goes_on_with_its_own_features_alone(
    features: Features, tmp_path: Path
) -> None:
    other = freeze(IMAGES, make_backbone(resolution=48)).features(store_in(tmp_path))
    checkpoint = completed_epochs(trainer_of(make_backbone(), head.dataset_of(IMAGES, features)))[
        0
    ].checkpoint

    assert other.description.sha256 != features.description.sha256
    with pytest.raises(OtherDatasetError):
        completed_epochs(trainer_of(make_backbone(), head.dataset_of(IMAGES, other)), checkpoint)


def test_features_are_normalised_over_the_train_split_and_constant_ones_stay(
    features: Features,
) -> None:
    values = features.values.float().clone()
    values[:, 0] = 7.0
    dataset = head.dataset_of(IMAGES, Features(values, features.description))
    trainer = trainer_of(make_backbone(), dataset)

    normalised: Tensor = trainer.normalise(dataset.train.images).flatten(1)

    torch.testing.assert_close(
        normalised.mean(dim=0), torch.zeros_like(normalised[0]), atol=1e-3, rtol=0
    )
    spread = normalised.std(dim=0, correction=0)
    assert float(spread[0]) == 0
    assert float(normalised[:, 0].abs().max()) < 1e-5
    varying = values[: len(IMAGES.train)].std(dim=0) > 1e-3
    torch.testing.assert_close(spread[varying], torch.ones_like(spread[varying]), atol=1e-2, rtol=0)


def test_a_feature_that_hardly_varies_in_train_images_does_not_outweigh_others_elsewhere(
    features: Features,
) -> None:
    values = features.values.float().clone()
    values[:, 0] = 0.0
    values[0, 0] = 1e-5  # of a train image
    values[-1, 0] = typical = float(values.std(dim=0).square().mean().sqrt())  # of a test image
    dataset = head.dataset_of(IMAGES, Features(values, features.description))
    trainer = trainer_of(make_backbone(), dataset)

    normalised = trainer.normalise(dataset.test.images).flatten(1)

    assert float(normalised[-1, 0]) < 20, f"it differs by {typical} from train images"


def test_a_fold_chooses_rows_of_the_same_features(features: Features) -> None:
    labels = torch.cat([split.labels for split in (IMAGES.train, IMAGES.validation, IMAGES.test)])
    pool = torch.cat([split.images for split in (IMAGES.train, IMAGES.validation, IMAGES.test)])
    rows = torch.randperm(len(labels), generator=torch.Generator().manual_seed(1)).split(
        [50, 20, 26]
    )
    splits = [Split(pool, labels[part], part) for part in rows]
    fold = ImageDataset("colours", IMAGES.classes, IMAGES.sha256, *splits, split="given/fold1of3")

    dataset = head.dataset_of(fold, features)

    assert dataset.split == "given/fold1of3"
    for split, part in zip((dataset.train, dataset.validation, dataset.test), rows, strict=True):
        taken = next(split.batches(len(part))).flatten(1)
        assert torch.equal(taken, features.values[part])


def test_the_cost_is_that_of_backbone_and_head(features: Features) -> None:
    linear, hidden = (make_backbone(hidden_units=units) for units in (0, 16))
    costs = [head.cost_of(backbone, features, IMAGES, CPU) for backbone in (linear, hidden)]
    num_features = linear.num_features

    assert costs[0].flops == features.description.flops + 2 * num_features * 3
    assert costs[1].flops - costs[0].flops == 2 * (num_features * 16 + 16 * 3 - num_features * 3)
    assert costs[0].num_parameters == sum(each.numel() for each in linear.parameters())
    assert [dataclasses.asdict(row) for row in costs[0].latency] == features.description.latency


def test_the_latency_of_another_machine_is_measured_anew(features: Features) -> None:
    elsewhere = features.description.model_copy(update={"device_name": "another processor"})
    moved = dataclasses.replace(features, description=elsewhere)

    cost = head.cost_of(make_backbone(), moved, IMAGES, CPU)

    assert [row.batch_size for row in cost.latency] == [1, 8, 64]
    assert [dataclasses.asdict(row) for row in cost.latency] != features.description.latency
