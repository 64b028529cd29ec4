"""Adam, AdamW and SGD as one fused kernel a step, over all parameters at once.

The kernels are torch's own, those of `torch.optim.Adam(fused=True)` and its like, called directly:
for a small network the Python around them costs more than a fifth of a whole step.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workers.training.recipe import Recipe

BETA1, BETA2 = 0.9, 0.999  # of both moments, and
EPSILON = 1e-8  # as in Kingma & Ba 2015, arXiv:1412.6980


class FusedOptimizer:
    """Steps every trainable parameter of a network by a recipe's rule.

    State lies as its parameter does (channels_last), since the kernels walk memory.
    """

    def __init__(self, network: nn.Module, recipe: Recipe) -> None:
        self._recipe = recipe
        self.parameters = [one for one in network.parameters() if one.requires_grad]
        self._values = [one.detach() for one in self.parameters]  # the same memory
        num_moments = {"adam": 2, "adamw": 2, "sgd": int(recipe.momentum > 0)}[recipe.optimizer]
        self._moments = [
            [torch.zeros_like(one) for one in self._values] for _ in range(num_moments)
        ]
        self._step = torch.zeros((), device=self._values[0].device)

    def zero_grad(self) -> None:
        """Forget the gradients; the next backward pass writes instead of adding."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self, learning_rate: float | Tensor) -> None:
        """Move every parameter by its gradient, which each must have.

        The rate is a number, or () in float32 on the device, where the step is to be captured.
        """
        gradients = [one.grad for one in self.parameters if one.grad is not None]
        if self._recipe.optimizer == "sgd":
            self._step_sgd(gradients, learning_rate)
        else:
            self._step_adam(gradients, learning_rate)

    def tensors(self) -> dict[str, Tensor]:
        """The state, flat: "step", and "<moment>/<parameter>" by their numbers."""
        flat = {
            f"{moment}/{number}": tensor
            for moment, tensors in enumerate(self._moments)
            for number, tensor in enumerate(tensors)
        }
        return {"step": self._step, **flat}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Take on the state that tensors() gave."""
        for name, tensor in self.tensors().items():
            tensor.copy_(tensors[name])

    def _step_adam(self, gradients: list[Tensor], learning_rate: float | Tensor) -> None:
        self._step += 1
        kernel = torch._fused_adamw_ if self._recipe.optimizer == "adamw" else torch._fused_adam_
        mean, mean_square = self._moments
        kernel(
            self._values,
            gradients,
            mean,
            mean_square,
            [],
            [self._step] * len(gradients),
            lr=learning_rate,
            beta1=BETA1,
            beta2=BETA2,
            weight_decay=self._recipe.weight_decay,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def _step_sgd(self, gradients: list[Tensor], learning_rate: float | Tensor) -> None:
        momentum = self._moments[0] if self._moments else []
        torch._fused_sgd_(
            self._values,
            gradients,
            momentum,
            weight_decay=self._recipe.weight_decay,
            momentum=self._recipe.momentum,
            lr=learning_rate,
            dampening=0.0,
            nesterov=self._recipe.momentum > 0,
            maximize=False,
            is_first_step=False,  # momentum starts at zero, which comes to the same
        )
