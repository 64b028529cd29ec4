"""PyTorch on a GPU with the forward pass as a CUDA graph: one launch instead of one for each kernel."""

from collections.abc import Callable

import numpy as np
import torch

from workers.engines import (
    Engine,
    EngineError,
    Images,
    Placement,
    Probabilities,
    engines,
    refuse_quantised,
)
from workers.engines._network import Network, load_network
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model
from workers.training.hardware.cuda_graphs import WARM_UP_CALLS, CapturedFunction

SIZES = (1, 2, 4, 8, 16, 32, 64)  # images of a graph; smaller batches are padded, larger ones split
TOLERANCE = 1e-4  # of a probability, between a replayed and an ordinary forward pass


@engines.register
def cuda_graph(model: Model, artifacts: ArtifactStore, placement: Placement) -> Engine:
    """Torch on a GPU, with the forward pass replayed as a CUDA graph: the default there."""
    refuse_quantised(model, ["cuda_graph"])
    if placement.device != "cuda":
        raise EngineError(
            "engine 'cuda_graph' needs a CUDA device, and there is none here;"
            " engine 'onnxruntime' or 'torch' serves the model"
        )
    network = load_network(model, artifacts, device_of(placement))
    forward = CapturedFunction(lambda images: (network.forward(images),), network.device)

    def classify(images: Images) -> Probabilities:
        batches = [images[start : start + SIZES[-1]] for start in range(0, len(images), SIZES[-1])]
        with torch.inference_mode():
            return np.concatenate([_replay(forward, batch, network.device) for batch in batches])

    _capture_all(classify, network, model)
    return Engine("cuda_graph", placement.device, placement.threads, network.num_bytes, classify)


def device_of(placement: Placement) -> torch.device:
    """The device of a placement."""
    return torch.device(placement.device)


def _replay(forward: CapturedFunction, images: Images, device: torch.device) -> Probabilities:
    """The probabilities of up to 64 images, padded to the next size that has a graph."""
    size = next(size for size in SIZES if size >= len(images))
    padded = np.zeros((size, *images.shape[1:]), dtype=np.uint8)
    padded[: len(images)] = images
    (found,) = forward(torch.from_numpy(padded).to(device))
    probabilities: Probabilities = found[: len(images)].cpu().numpy()
    return probabilities


def _capture_all(
    classify: Callable[[Images], Probabilities], network: Network, model: Model
) -> None:
    """Capture every size before the first request; EngineError if a replay computes something else."""
    generator = np.random.default_rng(0)
    for size in SIZES:
        first, second = generator.integers(0, 256, (2, size, *model.image_shape), dtype=np.uint8)
        for _ in range(WARM_UP_CALLS + 1):
            classify(first)
        if not np.allclose(network.classify(second), classify(second), rtol=0, atol=TOLERANCE):
            raise EngineError(
                f"model '{model.id}' answers otherwise as a CUDA graph; engine 'torch' serves it"
            )
