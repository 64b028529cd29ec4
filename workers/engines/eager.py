"""Torch as it is: the reference, and the way on a GPU."""

from safetensors import SafetensorError
from safetensors.torch import load
from torch import device, from_numpy, inference_mode, set_num_threads

from models import ImageShape, architectures
from workers.artifacts import ArtifactStore
from workers.engines import Engine, EngineError, Images, Placement, Probabilities, engines
from workers.model_store import Model
from workers.training.normalisation import Normalisation


@engines.register
def torch(model: Model, artifacts: ArtifactStore, placement: Placement) -> Engine:
    """Eager torch, on the GPU where there is one: the network as it was trained."""
    content = artifacts.get(model.weights, sha256=model.weights_sha256)
    shape = ImageShape(*model.image_shape)
    network = architectures[model.architecture](shape, len(model.classes), **model.options)
    try:
        network.load_state_dict(load(content))
    except (SafetensorError, RuntimeError) as error:
        raise EngineError(f"model '{model.id}' cannot be rebuilt: {error}") from None
    where = device(placement.device)
    network = network.to(where).eval()
    normalise = Normalisation(tuple(model.mean), tuple(model.std), where)
    set_num_threads(placement.threads)

    def classify(images: Images) -> Probabilities:
        with inference_mode():
            logits = network(normalise(from_numpy(images).to(where)))
            probabilities: Probabilities = logits.softmax(dim=1).cpu().numpy()
            return probabilities

    return Engine("torch", placement.device, placement.threads, len(content), classify)
