"""A trained network as explanations need it: open to gradients, with what it costs to run."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models import Backbone, ImageShape
from workers.engines import EngineError, Images, Probabilities
from workers.engines._network import Network, load_network
from workers.explaining._feature_map import FeatureMap, find_feature_map
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model
from workers.training.hardware.activations import largest_activation
from workers.training.measuring.network_summary import count_flops

MAX_ACTIVATION_BYTES = (
    32 * 2**20
)  # of the largest activation of a batch; see workers/training/hardware


@dataclass(frozen=True)
class ExplainedNetwork:
    """A network in memory, that gives logits (N, num_classes) of normalised images (N, C, H, W)."""

    network: Network
    logits: nn.Module  # as evaluated: with `test_flips` the mean over an image and its mirror image
    mean_colour: Tensor  # (1, C, 1, 1), normalised: of the images that the network was trained on
    feature_map: FeatureMap | None  # the last one, if Grad-CAM can read it
    flops: int  # of one image
    batch_size: int  # images at once

    def normalise(self, image: Images) -> Tensor:
        """A uint8 image (C, H, W) on the host as the network takes it: (1, C, H, W) on its device."""
        on_device = torch.from_numpy(image[None]).to(self.network.device)
        return self.network.forward.normalise(on_device)

    def classify(self, image: Images) -> Probabilities:
        """The probabilities (num_classes,) of a uint8 image (C, H, W)."""
        probabilities: Probabilities = self.network.classify(image[None])[0]
        return probabilities


def load_explained(
    model: Model, artifacts: ArtifactStore, device: torch.device
) -> ExplainedNetwork:
    """Load a model to a device.

    EngineError if it is int8, or its weights do not fit; ArtifactError if they are gone or damaged.
    """
    if model.quantised_from:
        raise EngineError(
            f"model '{model.id}' is int8, which torch does not compute; explain model"
            f" '{model.quantised_from}', the same network in float32"
        )
    network = load_network(model, artifacts, device)
    logits = network.forward.network.requires_grad_(requires_grad=False)
    shape = ImageShape(*model.image_shape)
    image = torch.zeros(1, *shape, device=device)
    with torch.inference_mode():
        feature_map = find_feature_map(logits, image)
        with largest_activation(logits) as largest:
            logits(image)
    return ExplainedNetwork(
        network,
        logits,
        _mean_colour(logits, shape, device),
        feature_map,
        flops=count_flops(logits, shape),
        batch_size=largest.num_images(64, MAX_ACTIVATION_BYTES),
    )


def _mean_colour(logits: nn.Module, shape: ImageShape, device: torch.device) -> Tensor:
    """0 after a normalisation by the moments of the dataset; a backbone has its own, within it."""
    for module in logits.modules():
        if isinstance(module, Backbone):
            mean = module.preprocessing.mean
            return mean.mean().expand(1, 1, 1, 1) if shape.channels == 1 else mean[None]
    return torch.zeros(1, shape.channels, 1, 1, device=device)
