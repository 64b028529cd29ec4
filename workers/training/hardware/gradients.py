"""Loss and gradients of one batch."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.training.hardware.dense_gradients import DenseGradients, is_dense
from workers.training.hardware.precision import Precision
from workers.training.recipe import Recipe

#: From normalised images (N, C, H, W) and labels (N,) to the mean loss () and the logits
#: (N, num_classes). Where the recipe mixes images, the labels of their partners (N,) and the shares
#: (N,) of the first labels follow. A call replaces the gradients at the parameters; it never adds to them.
Gradients = Callable[..., tuple[Tensor, Tensor]]


def gradients_of(
    network: nn.Module,
    recipe: Recipe,
    precision: Precision,
    device: torch.device,
    class_weights: Tensor | None = None,
) -> Gradients:
    """Choose how to differentiate this network. Every way gives the same bits.

    With `class_weights` (num_classes,) the loss of each image is multiplied by the weight of its class.
    """
    is_plain_loss = recipe.label_smoothing == 0 and recipe.mix == "none" and class_weights is None
    if is_plain_loss and is_dense(network) and not precision.rounds_activations:
        return DenseGradients(network, precision)
    return AutogradGradients(network, recipe, precision, device, class_weights)


class AutogradGradients:
    """Gradients of any network, by autograd."""

    def __init__(
        self,
        network: nn.Module,
        recipe: Recipe,
        precision: Precision,
        device: torch.device,
        class_weights: Tensor | None = None,
    ) -> None:
        self._network, self._recipe, self._class_weights = network, recipe, class_weights
        self._parameters = list(network.parameters())
        self._precision, self._device = precision, device

    def __call__(self, images: Tensor, labels: Tensor, *mixed: Tensor) -> tuple[Tensor, Tensor]:
        """Run the forward and the backward pass, and replace the gradients."""
        for parameter in self._parameters:
            parameter.grad = None
        with self._precision.product_rounding():
            with self._precision.autocast(self._device):
                logits = self._network(images)
            loss = self._loss(logits.float(), labels, *mixed)
            loss.backward()
        return loss.detach(), logits.detach()

    def _loss(self, logits: Tensor, labels: Tensor, *mixed: Tensor) -> Tensor:
        if self._class_weights is None and not mixed:
            smoothing = self._recipe.label_smoothing
            return functional.cross_entropy(logits, labels, label_smoothing=smoothing)
        losses = self._losses(logits, labels)
        if mixed:
            partners, shares = mixed
            losses = torch.lerp(self._losses(logits, partners), losses, shares)
        return losses.mean()

    def _losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss (N,) of each image, multiplied by the weight of its class."""
        losses = functional.cross_entropy(
            logits, labels, label_smoothing=self._recipe.label_smoothing, reduction="none"
        )
        if self._class_weights is None:
            return losses
        # cross_entropy(weight=…) divides by the sum of the weights in the batch, which makes a rare class
        # count less; and it weights every class of a smoothed label, not the image.
        return losses * self._class_weights.index_select(0, labels)
