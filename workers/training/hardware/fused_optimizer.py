"""Adam, AdamW and SGD as one fused kernel a step, over all parameters at once.

The kernels are those of `torch.optim.Adam(fused=True)`, `AdamW` and `SGD`, called directly: for a
small network the Python around them costs more than a fifth of a whole step.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from workers.training.recipe import Recipe

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # Kingma & Ba 2015, arXiv:1412.6980


class FusedOptimizer:
    """Updates every trainable parameter of a network by the rule of a recipe.

    The state of a parameter has the parameter's memory layout, which the kernels rely on.
    """

    def __init__(self, network: nn.Module, recipe: Recipe) -> None:
        self._recipe = recipe
        self.parameters = [each for each in network.parameters() if each.requires_grad]
        self._values = [each.detach() for each in self.parameters]  # the same memory
        num_moments = {"adam": 2, "adamw": 2, "sgd": int(recipe.momentum > 0)}[recipe.optimizer]
        self._moments = [
            [torch.zeros_like(value) for value in self._values] for _ in range(num_moments)
        ]
        self._step = torch.zeros((), device=self._values[0].device)

    def step(self, learning_rate: float | Tensor) -> None:
        """Update every parameter by its gradient; each must have one.

        The learning rate is a number or, in a step that is captured, a float32 tensor () on the device.
        """
        gradients = [each.grad for each in self.parameters if each.grad is not None]
        if self._recipe.optimizer == "sgd":
            self._step_sgd(gradients, learning_rate)
        else:
            self._step_adam(gradients, learning_rate)

    def tensors(self) -> dict[str, Tensor]:
        """The state by name: "step", and "<number of the moment>/<number of the parameter>"."""
        flat = {
            f"{moment}/{number}": tensor
            for moment, tensors in enumerate(self._moments)
            for number, tensor in enumerate(tensors)
        }
        return {"step": self._step, **flat}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Load the state that tensors() gave."""
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
            is_first_step=False,  # momentum starts at zero, which has the same effect
        )
