"""Adam, AdamW and SGD of torch, each as one fused kernel a step over all parameters at once."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from workers.training.recipe import Recipe


class Optimizer:
    """Updates every trainable parameter of a network by the rule of a recipe."""

    def __init__(self, network: nn.Module, recipe: Recipe) -> None:
        self.parameters = [each for each in network.parameters() if each.requires_grad]
        self._optimizer = _optimizer_of_torch(self.parameters, recipe)
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
        self._optimizer.param_groups[0]["lr"] = learning_rate
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


def _optimizer_of_torch(parameters: list[nn.Parameter], recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(
            parameters,
            momentum=recipe.momentum,
            nesterov=recipe.momentum > 0,
            weight_decay=recipe.weight_decay,
            fused=True,
        )
    rule = torch.optim.AdamW if recipe.optimizer == "adamw" else torch.optim.Adam
    return rule(
        parameters,
        weight_decay=recipe.weight_decay,
        fused=True,
        capturable=parameters[0].is_cuda,
    )
