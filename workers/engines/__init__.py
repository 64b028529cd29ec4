"""Engines: ways to compute a model's probabilities, one a file, registered by decorator.

The service predicts with them and the worker measures their latency. Modules with a leading
underscore are machinery.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import Registry
from workers.errors import BakeoffError
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

Images = NDArray[np.uint8]  # (N, C, H, W) as stored; the engine normalises
Probabilities = NDArray[np.float32]  # (N, num_classes)


class EngineError(BakeoffError):
    """An engine cannot run a model; the message says why, and which engine can."""

    status = HTTPStatus.CONFLICT


@dataclass(frozen=True)
class Placement:
    """The device of an engine, `cpu` or `cuda`, and its number of threads on the host."""

    device: str
    threads: int


@dataclass(frozen=True)
class Engine:
    """A model in memory. `classify` maps images on the host to probabilities on the host."""

    name: str
    device: str  # on which it computes, whatever the placement asked for
    threads: int
    num_bytes: int  # of weights in memory
    classify: Callable[[Images], Probabilities]


EngineLoader = Callable[[Model, ArtifactStore, Placement], Engine]

INT8_ENGINE = "onnxruntime"  # that computes int8 graphs, which torch does not

engines: Registry[EngineLoader] = Registry("engine", __name__)


def refuse_quantised(model: Model, engines: Iterable[str]) -> None:
    """EngineError where a model is an int8 graph, and none of these engines computes those."""
    if model.quantised_from and INT8_ENGINE not in engines:
        raise EngineError(
            f"model '{model.id}' is int8, which engine '{INT8_ENGINE}' alone computes; model"
            f" '{model.quantised_from}' is the same network in float32"
        )


def default_engine(model: Model, placement: Placement) -> str:
    """The engine of a model when a request names none: the fastest one for the placement."""
    if model.quantised_from:
        return INT8_ENGINE
    if placement.device == "cuda":
        return "cuda_graph"
    return "onnxruntime" if "path" in (model.onnx or {}) else "torch"


def graph_of(model: Model) -> dict[str, Any]:
    """The description of a model's ONNX graph; EngineError if it has none."""
    onnx = model.onnx or {"error": "it was trained by a version that made none"}
    if "error" in onnx:
        raise EngineError(
            f"model '{model.id}' has no ONNX graph ({onnx['error']}); engine 'torch' serves it"
        )
    return onnx
