"""Load the network of a model from its weights, for the engines of torch and for explanations."""

from dataclasses import dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import nn

from models import ImageShape, architectures
from models._out_of_memory import is_out_of_memory
from workers.engines import EngineError, Images, Probabilities, refuse_quantised
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model
from workers.training.normalisation import Normalisation
from workers.training.servable import Servable, as_evaluated


class OutOfMemoryError(EngineError):
    """The memory of the device does not hold a network, or what its layers compute."""

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"out of memory while {doing}; take another engine, fewer images, or a machine with more memory"
        )


@dataclass(frozen=True)
class Network:
    """A trained network in memory, from uint8 images (N, C, H, W) to probabilities (N, num_classes)."""

    device: torch.device
    forward: Servable  # of tensors on the device
    num_bytes: int  # of weights

    def classify(self, images: Images) -> Probabilities:
        """Probabilities (N, num_classes) of images (N, C, H, W), both on the host.

        OutOfMemoryError where the device does not hold what they need.
        """
        try:
            with torch.inference_mode():
                on_device = self.forward(torch.from_numpy(images).to(self.device))
                probabilities: Probabilities = on_device.cpu().numpy()
                return probabilities
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise OutOfMemoryError(f"{len(images)} images at once were classified") from None


def load_network(model: Model, artifacts: ArtifactStore, device: torch.device) -> Network:
    """Load a model to a device.

    EngineError if it is int8, or the weights do not fit the network; OutOfMemoryError.
    """
    refuse_quantised(model, ["torch"])
    content = artifacts.get(model.weights, sha256=model.weights_sha256)
    try:
        network = _rebuild(model, content).to(device).eval()
    except (SafetensorError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise OutOfMemoryError(f"model '{model.id}' was loaded") from None
        raise EngineError(f"model '{model.id}' cannot be rebuilt: {error}") from None
    normalise = Normalisation(tuple(model.mean), tuple(model.std), device)
    evaluated = as_evaluated(network, test_flips=model.test_flips)
    return Network(device, Servable(evaluated, normalise), len(content))


def _rebuild(model: Model, content: bytes) -> nn.Module:
    shape = ImageShape(*model.image_shape)
    network = architectures[model.architecture](shape, len(model.classes), **model.options)
    network.load_state_dict(load(content))
    return network
