"""Adam, AdamW and SGD of torch, each as one fused kernel a step over all parameters of one rate."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from models import Backbone
from workers.training.recipe import Recipe


class Optimizer:
    """Updates every trainable parameter of a network by the rule of a recipe.

    What a network says of the rate of a parameter (`Backbone.rate_factors`) is multiplied with the rate
    of a step. Parameters of equal factors are a group, and have one kernel.
    """

    def __init__(self, network: nn.Module, recipe: Recipe) -> None:
        named = [each for each in network.named_parameters() if each[1].requires_grad]
        self.parameters = [parameter for _, parameter in named]
        factors = network.rate_factors if isinstance(network, Backbone) else {}
        groups: dict[float, list[nn.Parameter]] = {}
        for name, parameter in named:
            groups.setdefault(factors.get(name, 1.0), []).append(parameter)
        self._optimizer = _optimizer_of_torch(
            [{"params": members, "factor": factor} for factor, members in groups.items()], recipe
        )
        self._moments = {
            "adam": ("exp_avg", "exp_avg_sq"),
            "adamw": ("exp_avg", "exp_avg_sq"),
            "sgd": ("momentum_buffer",) if recipe.momentum > 0 else (),
        }[recipe.optimizer]
        # torch makes the state in the first step. A checkpoint is restored, and a graph captured, before.
        for parameter in self.parameters:
            state = self._optimizer.state[parameter]
            state.update({name: torch.zeros_like(parameter) for name in self._moments})
            if recipe.optimizer != "sgd":
                state["step"] = torch.zeros((), device=parameter.device)

    def step(self, learning_rate: float | Tensor) -> None:
        """Update every parameter by its gradient; each must have one.

        The learning rate is a number or, in a step that is captured, a float32 tensor () on the device.
        """
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate * group["factor"]
        self._optimizer.step()

    def tensors(self) -> dict[str, Tensor]:
        """The state by name: "step", and "<number of the moment>/<number of the parameter>"."""
        return dict(self._named_state())

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Load the state that tensors() gave."""
        for name, tensor in self._named_state():
            tensor.copy_(tensors[name])

    def _named_state(self) -> Iterator[tuple[str, Tensor]]:
        for number, parameter in enumerate(self.parameters):
            state = self._optimizer.state[parameter]
            for moment, name in enumerate(self._moments):
                yield f"{moment}/{number}", state[name]
            if "step" in state:
                yield "step", state["step"]  # the same number for every parameter


def _optimizer_of_torch(groups: list[dict[str, Any]], recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(
            groups,
            momentum=recipe.momentum,
            nesterov=recipe.momentum > 0,
            weight_decay=recipe.weight_decay,
            fused=True,
        )
    rule = torch.optim.AdamW if recipe.optimizer == "adamw" else torch.optim.Adam
    return rule(
        groups,
        weight_decay=recipe.weight_decay,
        fused=True,
        capturable=groups[0]["params"][0].is_cuda,
    )
