"""A network as it is served: from uint8 images to probabilities, for every engine and measurement."""

from torch import Tensor, nn

from workers.training.normalisation import Normalisation


class Servable(nn.Module):
    """A network with everything a caller would have to know: uint8 images to probabilities."""

    def __init__(self, network: nn.Module, normalise: Normalisation) -> None:
        super().__init__()
        self.network, self.normalise = network, normalise

    def forward(self, images: Tensor) -> Tensor:
        """Map uint8 images (N, C, H, W) to probabilities (N, num_classes)."""
        probabilities: Tensor = self.network(self.normalise(images)).softmax(dim=1)
        return probabilities
