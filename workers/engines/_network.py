"""Load the network of a model from its weights, for the engines of torch and for explanations."""

from dataclasses import dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load

from models import ImageShape, architectures
from workers.engines import EngineError, Images, Probabilities, refuse_quantised
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model
from workers.training.normalisation import Normalisation
from workers.training.servable import Servable, as_evaluated


@dataclass(frozen=True)
class Network:
    """A trained network in memory, from uint8 images (N, C, H, W) to probabilities (N, num_classes)."""

    device: torch.device
    forward: Servable  # of tensors on the device
    num_bytes: int  # of weights

    def classify(self, images: Images) -> Probabilities:
        """Probabilities (N, num_classes) of images (N, C, H, W), both on the host."""
        with torch.inference_mode():
            on_device = self.forward(torch.from_numpy(images).to(self.device))
            probabilities: Probabilities = on_device.cpu().numpy()
            return probabilities


def load_network(model: Model, artifacts: ArtifactStore, device: torch.device) -> Network:
    """Load a model to a device; EngineError if it is int8, or the weights do not fit the network."""
    refuse_quantised(model, ["torch"])
    content = artifacts.get(model.weights, sha256=model.weights_sha256)
    shape = ImageShape(*model.image_shape)
    network = architectures[model.architecture](shape, len(model.classes), **model.options)
    try:
        network.load_state_dict(load(content))
    except (SafetensorError, RuntimeError) as error:
        raise EngineError(f"model '{model.id}' cannot be rebuilt: {error}") from None
    network = network.to(device).eval()
    normalise = Normalisation(tuple(model.mean), tuple(model.std), device)
    evaluated = as_evaluated(network, test_flips=model.test_flips)
    return Network(device, Servable(evaluated, normalise), len(content))
