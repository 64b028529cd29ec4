"""A network as it is evaluated and served, for every engine and measurement."""

import torch
from torch import Tensor, nn

from workers.training.normalisation import Normalisation


class FlipAverage(nn.Module):
    """The mean of the logits of an image and of its horizontal mirror image (arXiv:2404.00498)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Map images (N, C, H, W) to logits (N, num_classes)."""
        # As one batch: a graph that ran the network twice would have each of its layers twice.
        logits: Tensor = self.network(torch.cat([images, images.flip(3)]))
        return logits.reshape(2, -1, logits.shape[1]).mean(dim=0)


def as_evaluated(network: nn.Module, *, test_flips: bool) -> nn.Module:
    """The network whose logits are scored and served, by a recipe's `test_flips`."""
    return FlipAverage(network) if test_flips else network


class Servable(nn.Module):
    """A network with everything a caller would have to know: uint8 images to probabilities."""

    def __init__(self, network: nn.Module, normalise: Normalisation) -> None:
        super().__init__()
        self.network, self.normalise = network, normalise

    def forward(self, images: Tensor) -> Tensor:
        """Map uint8 images (N, C, H, W) to probabilities (N, num_classes)."""
        probabilities: Tensor = self.network(self.normalise(images)).softmax(dim=1)
        return probabilities
