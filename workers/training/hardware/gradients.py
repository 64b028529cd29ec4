"""Loss and gradients of one batch."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.training.hardware.dense_gradients import DenseGradients, is_dense
from workers.training.hardware.precision import Precision
from workers.training.recipe import Recipe

#: From normalised images (N, C, H, W) and labels (N,) to the mean loss () and logits
#: (N, num_classes); the gradients are at the parameters afterwards.
Gradients = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def gradients_of(
    network: nn.Module, recipe: Recipe, precision: Precision, device: torch.device
) -> Gradients:
    """How a training of this network differentiates: to the same bits either way."""
    if is_dense(network) and not precision.rounds_activations and recipe.label_smoothing == 0:
        return DenseGradients(network, precision)
    return AutogradGradients(network, recipe, precision, device)


class AutogradGradients:
    """Of any network, by autograd."""

    def __init__(
        self, network: nn.Module, recipe: Recipe, precision: Precision, device: torch.device
    ) -> None:
        self._network, self._recipe = network, recipe
        self._precision, self._device = precision, device

    def __call__(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Gradients are added to those that are there."""
        with self._precision.products():
            with self._precision.autocast(self._device):
                logits = self._network(images)
            loss = functional.cross_entropy(
                logits.float(), labels, label_smoothing=self._recipe.label_smoothing
            )
            loss.backward()
        return loss.detach(), logits.detach()
