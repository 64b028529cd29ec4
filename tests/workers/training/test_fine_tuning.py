"""A backbone is fine-tuned at rates of its own: resumed, captured and stored as any other training."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models import Backbone
from tests import imitated_graph
from tests.workers.training.trainings import (
    assert_same_bits,
    completed_epochs,
    exact,
    make,
    recipes,
    weights,
)
from workers.datasets.image_dataset import ImageDataset
from workers.training.checkpoint import Checkpoint
from workers.training.hardware import cuda_graphs
from workers.training.optimizer import Optimizer
from workers.training.presets import PRESETS
from workers.training.recipe import Recipe
from workers.training.trainer import CompletedEpoch, Trainer, build

NETWORK = "timm/test_resnet"
RECIPE = Recipe(epochs=2, batch_size=45, optimizer="adamw", weight_decay=0.05, warm_up=0.2)
TUNED: dict[str, Any] = {"pretrained": True, "resolution": 32, "layer_decay": 0.5}


def fine_tuning(dataset: ImageDataset, recipe: Recipe = RECIPE, **options: Any) -> Trainer:
    return make(dataset, recipe, NETWORK, **{**TUNED, **options})


def test_each_parameter_moves_at_its_own_rate(few_digits: ImageDataset) -> None:
    network = fine_tuning(few_digits).network
    before = weights_of(network)
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)

    Optimizer(network, Recipe(optimizer="sgd", momentum=0.0)).step(0.5)

    moved = {name: float((before[name] - now).mean()) for name, now in weights_of(network).items()}
    factors = network.rate_factors
    assert len(set(factors.values())) > 3
    assert moved == pytest.approx({name: 0.5 * factors.get(name, 1.0) for name in moved}, rel=1e-3)


def weights_of(network: Backbone) -> dict[str, torch.Tensor]:
    return {name: each.detach().clone() for name, each in network.named_parameters()}


@pytest.mark.parametrize("rule", ["adam", "adamw", "sgd"])
def test_the_state_of_groups_has_the_names_that_it_has_without(
    few_digits: ImageDataset, rule: str
) -> None:
    network, recipe = fine_tuning(few_digits).network, replace(RECIPE, optimizer=rule)
    shapes = {name: each.shape for name, each in Optimizer(network, recipe).tensors().items()}

    network.rate_factors = {}

    assert {
        name: each.shape for name, each in Optimizer(network, recipe).tensors().items()
    } == shapes


def test_with_one_factor_for_all_it_is_the_training_of_that_rate(few_digits: ImageDataset) -> None:
    halved = fine_tuning(few_digits, replace(RECIPE, learning_rate=1e-3))
    halved.network.rate_factors.update({name: 0.5 for name, _ in halved.network.named_parameters()})
    halved.step.optimizer = Optimizer(halved.network, halved.recipe)
    plain = fine_tuning(few_digits, replace(RECIPE, learning_rate=5e-4))
    plain.network.rate_factors = {}
    plain.step.optimizer = Optimizer(plain.network, plain.recipe)

    completed_epochs(halved)
    completed_epochs(plain)

    assert_same_bits(weights(halved), weights(plain))


@settings(max_examples=4)
@given(recipe=recipes, batch_norm=st.sampled_from(["moving", "frozen"]), stop=st.integers(0, 1))
def test_a_fine_tuning_that_is_resumed_ends_in_the_same_bits(
    few_digits: ImageDataset, recipe: Recipe, batch_norm: str, stop: int
) -> None:
    recipe = replace(recipe, epochs=2, batch_size=max(45, recipe.batch_size))
    straight = fine_tuning(few_digits, recipe, batch_norm_statistics=batch_norm)
    whole = [
        (exact(event.epoch), event.checkpoint.to_bytes())
        for event in straight.epochs()
        if isinstance(event, CompletedEpoch)
    ]

    resumed = fine_tuning(few_digits, recipe, batch_norm_statistics=batch_norm)
    after = completed_epochs(resumed, Checkpoint.from_bytes(whole[stop][1]))

    assert [exact(completed.epoch) for completed in after] == [
        epoch for epoch, _ in whole[stop + 1 :]
    ]
    assert_same_bits(weights(resumed), weights(straight))


@pytest.mark.parametrize("rule", ["adamw", "sgd"])
@pytest.mark.parametrize("batch_norm", ["moving", "frozen"])
def test_a_captured_step_has_the_same_rates(
    few_digits: ImageDataset, monkeypatch: pytest.MonkeyPatch, rule: str, batch_norm: str
) -> None:
    imitated_graph.imitate(monkeypatch)
    recipe = replace(RECIPE, optimizer=rule, ema_decay=0.9)
    ends = []
    for warm_up_calls in (10**9, 2):
        monkeypatch.setattr(cuda_graphs, "WARM_UP_CALLS", warm_up_calls)
        trainer = fine_tuning(few_digits, recipe, batch_norm_statistics=batch_norm)
        completed_epochs(trainer)
        ends.append(weights(trainer))

    assert_same_bits(*ends)


def test_frozen_batch_norm_ends_with_the_statistics_it_began_with(few_digits: ImageDataset) -> None:
    for batch_norm, stays in (("frozen", True), ("moving", False)):
        trainer = fine_tuning(few_digits, batch_norm_statistics=batch_norm)
        before = weights(trainer)
        completed_epochs(trainer)

        after = weights(trainer)
        statistics = [name for name in before if "running_" in name]
        assert statistics
        assert all(torch.equal(before[name], after[name]) is stays for name in statistics)
        assert not torch.equal(before["body.bn1.weight"], after["body.bn1.weight"])


def test_gradient_flow_shows_how_far_each_layer_moves(few_digits: ImageDataset) -> None:
    trainer = fine_tuning(few_digits, replace(RECIPE, optimizer="adam"), layer_decay=0.3)

    metrics = completed_epochs(trainer)[-1].epoch.metrics()

    ratios = {name: value for name, value in metrics.items() if name.startswith("update_ratio/")}
    assert {"update_ratio/body.conv1.0", "update_ratio/head.classifier"} <= ratios.keys()
    assert ratios["update_ratio/body.conv1.0"] < 0.1 * ratios["update_ratio/head.classifier"]


def test_the_preset_fine_tune_is_a_training_that_runs(few_digits: ImageDataset) -> None:
    trainer = fine_tuning(few_digits, replace(PRESETS["fine_tune"], epochs=1))

    [done] = completed_epochs(trainer)

    assert done.epoch.validation.images == 50


@pytest.mark.gpu
def test_on_a_gpu_a_captured_step_has_the_same_rates(
    few_digits: ImageDataset, cuda: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = []
    for warm_up_calls in (10**9, 2):
        monkeypatch.setattr(cuda_graphs, "WARM_UP_CALLS", warm_up_calls)
        network = build(NETWORK, TUNED, few_digits.image_shape, 10, seed=3)
        recipe = replace(RECIPE, ema_decay=0.9, precision="float32")
        trainer = Trainer(network, few_digits, recipe, seed=3, device=cuda)
        completed_epochs(trainer)
        ends.append(weights(trainer))

    assert_same_bits(*ends)
