"""Loss and gradients of one batch."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.training.hardware.dense_gradients import DenseGradients, is_dense
from workers.training.hardware.precision import Precision
from workers.training.recipe import Recipe

#: From normalised images (N, C, H, W) and labels (N,) to the mean loss () and the logits
#: (N, num_classes). A call replaces the gradients at the parameters; it never adds to them.
Gradients = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def gradients_of(
    network: nn.Module, recipe: Recipe, precision: Precision, device: torch.device
) -> Gradients:
    """Choose how to differentiate this network. Every way gives the same bits."""
    if is_dense(network) and not precision.rounds_activations and recipe.label_smoothing == 0:
        return DenseGradients(network, precision)
    return AutogradGradients(network, recipe, precision, device)


class AutogradGradients:
    """Gradients of any network, by autograd."""

    def __init__(
        self, network: nn.Module, recipe: Recipe, precision: Precision, device: torch.device
    ) -> None:
        self._network, self._recipe = network, recipe
        self._parameters = list(network.parameters())
        self._precision, self._device = precision, device

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Run the forward and the backward pass, and replace the gradients."""
        for parameter in self._parameters:
            parameter.grad = None
        with self._precision.product_rounding():
            with self._precision.autocast(self._device):
                logits = self._network(images)
            loss = functional.cross_entropy(
                logits.float(), labels, label_smoothing=self._recipe.label_smoothing
            )
            loss.backward()
        return loss.detach(), logits.detach()
