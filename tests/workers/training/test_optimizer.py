"""The optimizer updates weights by the rule of its recipe, and resumes from its own state."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from workers.training.optimizer import Optimizer
from workers.training.recipe import Recipe

THEIRS: dict[str, Any] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "sgd": torch.optim.SGD,
}

recipes = st.builds(
    Recipe,
    optimizer=st.sampled_from(["adam", "adamw", "sgd"]),
    weight_decay=st.sampled_from([0.0, 0.05]),
    momentum=st.sampled_from([0.0, 0.9]),
)
rates = st.lists(st.sampled_from([1e-3, 1e-2, 0.1]), min_size=1, max_size=6)


def network() -> nn.Module:
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 4 * 4, 5))
    return layers.to(memory_format=torch.channels_last)


def set_gradients(network: nn.Module, step: int) -> None:
    generator = torch.Generator().manual_seed(step)
    for parameter in network.parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        parameter.grad = torch.empty_like(parameter).copy_(noise)


def weights(network: nn.Module) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]


@given(recipe=recipes, rates=rates)
def test_each_rule_moves_weights_as_that_of_torch_does(recipe: Recipe, rates: list[float]) -> None:
    ours, theirs = network(), network()
    mine = Optimizer(ours, recipe)
    sgd = {"momentum": recipe.momentum, "nesterov": recipe.momentum > 0}
    reference = THEIRS[recipe.optimizer](
        theirs.parameters(),
        weight_decay=recipe.weight_decay,
        **(sgd if recipe.optimizer == "sgd" else {}),
    )

    for step, rate in enumerate(rates):
        set_gradients(ours, step)
        set_gradients(theirs, step)
        mine.step(rate)
        reference.param_groups[0]["lr"] = rate
        reference.step()

    for mine, other in zip(weights(ours), weights(theirs), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-5, atol=1e-6)


@given(recipe=recipes)
def test_its_state_is_all_that_it_remembers(recipe: Recipe) -> None:
    straight, resumed = network(), network()
    first, second = Optimizer(straight, recipe), Optimizer(resumed, recipe)
    for step in range(2):
        set_gradients(straight, step)
        first.step(0.01)
    resumed.load_state_dict(straight.state_dict())
    second.restore({name: tensor.contiguous().clone() for name, tensor in first.tensors().items()})

    for trained, optimizer in ((straight, first), (resumed, second)):
        set_gradients(trained, 2)
        optimizer.step(0.01)

    assert all(torch.equal(a, b) for a, b in zip(weights(straight), weights(resumed), strict=True))


def test_what_is_not_to_be_trained_stays_as_it_is() -> None:
    frozen = network()
    frozen[0].requires_grad_(requires_grad=False)
    before = frozen[0].weight.clone()
    optimizer = Optimizer(frozen, Recipe(weight_decay=0.1))

    set_gradients(frozen[2], 0)
    optimizer.step(0.1)

    assert torch.equal(frozen[0].weight, before)


@pytest.mark.gpu
@pytest.mark.parametrize("rule", ["adam", "adamw", "sgd"])
def test_on_a_gpu_the_weights_move_as_on_the_processor(rule: str, cuda: torch.device) -> None:
    here, there = network(), network().to(cuda)
    for trained in (here, there):
        set_gradients(trained, 0)
        Optimizer(trained, Recipe(optimizer=rule, weight_decay=0.01)).step(0.01)

    for mine, other in zip(weights(here), weights(there), strict=True):
        torch.testing.assert_close(mine, other.cpu(), rtol=1e-5, atol=1e-6)
