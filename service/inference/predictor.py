"""A model loaded in memory, ready to classify."""

import threading
from collections import OrderedDict
from time import perf_counter

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from models import ImageShape, architectures
from workers.artifacts import ArtifactStore
from workers.model_store import Model
from workers.training.normalisation import Normalisation

MOST_PREDICTORS = 8  # kept in memory; the least recently used leaves


class PredictorError(RuntimeError):
    """A model's files do not fit this version of its architecture."""


class Predictor:
    """Classifies uint8 images (N, C, H, W) with one model; one forward pass at a time."""

    engine = "torch"

    def __init__(self, model: Model, weights: bytes, device: torch.device) -> None:
        self.model = model
        self.shape = ImageShape(*model.image_shape)
        self.device = device
        network = architectures[model.architecture](self.shape, len(model.classes), **model.options)
        try:
            network.load_state_dict(load(weights))
        except (SafetensorError, RuntimeError) as error:
            raise PredictorError(f"model '{model.id}' cannot be rebuilt: {error}") from None
        self._network = network.to(self.device).eval()
        mean, std = tuple(model.mean), tuple(model.std)
        self._normalise = Normalisation(mean, std, self.device)
        self._lock = threading.Lock()
        self.probabilities(torch.zeros(1, *self.shape, dtype=torch.uint8))  # warm up

    def probabilities(self, images: Tensor) -> tuple[Tensor, float, float]:
        """Probabilities (N, num_classes) on the host, seconds waited for others, seconds of work."""
        asked = perf_counter()
        with self._lock, torch.inference_mode():
            started = perf_counter()
            logits = self._network(self._normalise(images.to(self.device)))
            answer = logits.softmax(dim=1).cpu()
            return answer, started - asked, perf_counter() - started


class PredictorCache:
    """Predictors by model id, loaded on first use. `device` is the setting of that name."""

    def __init__(self, artifacts: ArtifactStore, device: str) -> None:
        self._artifacts = artifacts
        # Serving goes on without the GPU that training asks for; each answer says where it ran.
        on_gpu = device in {"auto", "cuda"} and torch.cuda.is_available()
        self._device = torch.device("cuda" if on_gpu else "cpu")
        self._predictors: OrderedDict[str, Predictor] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, model: Model) -> Predictor:
        """The predictor of a model."""
        with self._lock:
            predictor = self._predictors.pop(model.id, None)
            if predictor is None:
                weights = self._artifacts.get(model.weights, sha256=model.weights_sha256)
                predictor = Predictor(model, weights, self._device)
            self._predictors[model.id] = predictor
            while len(self._predictors) > MOST_PREDICTORS:
                self._predictors.popitem(last=False)
            return predictor
