"""Engines: ways to compute a model's probabilities, registered by decorator, found by being here.

The service predicts with them and the worker measures them, so what is measured is what serves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import Registry
from workers.errors import BakeoffError
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

Images = NDArray[np.uint8]  # (N, C, H, W), as stored: normalisation is part of the engine
Probabilities = NDArray[np.float32]  # (N, num_classes)


class EngineError(BakeoffError):
    """An engine cannot run a model; the message says why and which one can."""

    status = HTTPStatus.CONFLICT


@dataclass(frozen=True)
class Placement:
    """Where an engine computes: `cpu` or `cuda`, and on how many threads of the host."""

    device: str
    threads: int


@dataclass(frozen=True)
class Engine:
    """A model in memory. `classify` takes images on the host and gives probabilities on the host."""

    name: str
    device: str  # where it really computes
    threads: int
    num_bytes: int  # of weights in memory
    classify: Callable[[Images], Probabilities]


Load = Callable[[Model, ArtifactStore, Placement], Engine]

engines: Registry[Load] = Registry("engine", __name__)


def default_engine(model: Model, placement: Placement) -> str:
    """The engine that serves a model where none is asked for: the fastest there is."""
    if placement.device == "cuda":
        return "cuda_graph"
    return "onnxruntime" if "path" in (model.onnx or {}) else "torch"


def graph_of(model: Model) -> dict[str, Any]:
    """What is known of a model's ONNX graph; EngineError where it has none."""
    onnx = model.onnx or {"error": "it was trained by a version that made none"}
    if "error" in onnx:
        raise EngineError(
            f"model '{model.id}' has no ONNX graph ({onnx['error']}); engine 'torch' serves it"
        )
    return onnx
