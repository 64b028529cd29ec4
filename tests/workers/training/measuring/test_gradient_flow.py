"""The flow of gradients: norms, sizes of updates, and units that are dead."""

import itertools
import math

import pytest
import torch
from torch import nn

from workers.datasets.image_dataset import ImageDataset
from workers.training.measuring.gradient_flow import GradientFlow, dead_relus, layer_names
from workers.training.normalisation import Normalisation
from workers.training.trainer import build

CPU = torch.device("cpu")
PARTS = ("weight", "bias")


def test_gradient_norms_are_the_root_mean_square_over_the_sampled_steps() -> None:
    network = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    flow, squares = GradientFlow(network, num_steps=3), {"0": 0.0, "2": 0.0}
    for step in range(3):
        network.zero_grad()
        network(torch.rand(5, 4) + step).square().sum().backward()
        flow.sample(step)
        for name in squares:
            layer = network.get_submodule(name)
            squares[name] += sum(
                float(parameter.grad.square().sum()) for parameter in layer.parameters()
            )

    expected = {name: math.sqrt(total / 3) for name, total in squares.items()}
    assert flow.norms() == pytest.approx(expected, rel=1e-5)
    assert [(layer.name, layer.kind) for layer in layer_names(network)] == [
        ("0", "Linear"),
        ("2", "Linear"),
    ]


def test_an_update_is_measured_against_the_weights_it_changes() -> None:
    network = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    flow, states = GradientFlow(network, num_steps=4), []
    for step in range(4):
        optimizer.zero_grad()
        network(torch.rand(5, 4)).square().sum().backward()
        optimizer.step()
        flow.sample(step)
        states.append({name: tensor.clone() for name, tensor in network.state_dict().items()})

    def square(layer: str, values: list[dict[str, torch.Tensor]]) -> float:
        return sum(float(value[f"{layer}.{n}"].square().sum()) for value in values for n in PARTS)

    moves = [{n: b[n] - a[n] for n in a} for a, b in itertools.pairwise(states)]
    for layer, ratio in flow.update_ratios().items():
        expected = math.sqrt(square(layer, moves) / square(layer, states[:-1]))
        assert ratio == pytest.approx(expected, rel=1e-4)
    assert list(flow.update_ratios()) == ["0", "2"]


def test_an_epoch_of_one_step_shows_no_update() -> None:
    network = nn.Linear(2, 1)
    network(torch.ones(1, 2)).backward()
    flow = GradientFlow(network, num_steps=1)

    flow.sample(0)

    assert flow.update_ratios() == {}
    assert flow.norms()["network"] > 0


def test_a_unit_is_dead_if_it_is_zero_for_every_image(few_digits: ImageDataset) -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 4), nn.ReLU(), nn.Linear(4, 10)).train()
    with torch.no_grad():
        network[1].weight.zero_()
        network[1].bias.copy_(torch.tensor([1.0, -1.0, -1.0, -1.0]))
    normalise = Normalisation(few_digits.mean, few_digits.std, CPU)

    assert dead_relus(network, few_digits.train, normalise, torch.arange(200)) == {"2": 0.75}
    assert network.training
    residual = build("residual_cnn", {}, few_digits.image_shape, 10, seed=0)
    uses = dead_relus(residual, few_digits.train, normalise, torch.arange(200))
    assert list(uses) == ["relu", "block1.relu", "block1.relu:2", "block2.relu", "block2.relu:2"]
    assert all(0 <= share <= 1 for share in uses.values())


def test_few_steps_of_a_long_epoch_are_sampled() -> None:
    network = nn.Linear(2, 1)
    network(torch.ones(1, 2)).backward()
    flow = GradientFlow(network, num_steps=469)

    for step in range(469):
        flow.sample(step)

    assert 16 <= flow._num_samples <= 17
