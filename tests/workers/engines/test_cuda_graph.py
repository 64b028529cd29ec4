"""The engine for a GPU gives the reference's probabilities for any number of images at once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from models import ImageShape, architectures
from tests import imitated_graph
from workers.engines import (
    Engine,
    EngineError,
    Images,
    Placement,
    cuda_graph,
    default_engine,
    engines,
)
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

SHAPE = ImageShape(1, 12, 12)
OPTIONS = {"channels": [4, 8]}
GPU, CPU = Placement("cuda", 1), Placement("cpu", 1)


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path))


@pytest.fixture
def model(store: ArtifactStore) -> Model:
    torch.manual_seed(0)
    network = architectures["cnn"](SHAPE, 10, **OPTIONS)
    return Model(
        id="m",
        architecture="cnn",
        options=OPTIONS,
        classes=[str(number) for number in range(10)],
        image_shape=list(SHAPE),
        mean=[0.4],
        std=[0.2],
        weights="weights",
        weights_sha256=store.put("weights", save(network.state_dict())),
        onnx={"error": "none"},
    )


@pytest.fixture
def imitated(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The CPU takes the place of the GPU."""
    imitated_graph.imitate(monkeypatch)
    monkeypatch.setattr(cuda_graph, "device_of", lambda _: torch.device("cpu"))
    return monkeypatch


def noise(count: int, seed: int = 0) -> Images:
    return np.random.default_rng(seed).integers(0, 256, (count, *SHAPE), dtype=np.uint8)


def assert_same_probabilities(engine: Engine, reference: Engine, *, atol: float) -> None:
    for count in (1, 2, 3, 5, 8, 31, 64, 65, 130):
        found, wanted = (
            engine.classify(noise(count, count)),
            reference.classify(noise(count, count)),
        )
        assert found.shape == (count, 10)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=atol)


def test_its_probabilities_are_those_of_the_reference_for_any_number_of_images(
    model: Model, store: ArtifactStore, imitated: pytest.MonkeyPatch
) -> None:
    del imitated
    engine = engines["cuda_graph"](model, store, GPU)

    assert_same_probabilities(engine, engines["torch"](model, store, CPU), atol=1e-6)
    assert (engine.name, engine.device) == ("cuda_graph", "cuda")


def test_every_size_is_captured_when_the_model_is_loaded(
    model: Model, store: ArtifactStore, imitated: pytest.MonkeyPatch
) -> None:
    made = imitated_graph.ImitatedRecorder.record
    records: list[int] = []

    def counted(
        recorder: imitated_graph.ImitatedRecorder, call: Callable[[], tuple[torch.Tensor, ...]]
    ) -> object:
        records.append(1)
        return made(recorder, call)

    imitated.setattr(imitated_graph.ImitatedRecorder, "record", counted)
    engine = engines["cuda_graph"](model, store, GPU)
    assert len(records) == len(cuda_graph.SIZES)

    for count in range(1, 70):
        engine.classify(noise(count))
    assert len(records) == len(cuda_graph.SIZES)


def test_a_model_that_computes_something_else_as_a_graph_is_refused(
    model: Model, store: ArtifactStore, imitated: pytest.MonkeyPatch
) -> None:
    imitated.setattr(imitated_graph.Recording, "repeat", lambda _: None)

    with pytest.raises(EngineError, match="answers otherwise as a CUDA graph; engine 'torch'"):
        engines["cuda_graph"](model, store, GPU)


def test_without_a_gpu_the_error_names_an_engine_that_serves(
    model: Model, store: ArtifactStore
) -> None:
    with pytest.raises(EngineError, match=r"needs a CUDA device.*'onnxruntime' or 'torch' serves"):
        engines["cuda_graph"](model, store, CPU)


def test_the_fastest_engine_of_each_device_is_the_default(model: Model) -> None:
    assert default_engine(model, GPU) == "cuda_graph"
    assert default_engine(model, CPU) == "torch"
    model.onnx = {"path": "graph.onnx"}
    assert default_engine(model, CPU) == "onnxruntime"


@pytest.mark.gpu
def test_on_a_gpu_its_probabilities_are_those_of_the_reference(
    model: Model, store: ArtifactStore, cuda: torch.device
) -> None:
    del cuda
    engine = engines["cuda_graph"](model, store, GPU)

    assert_same_probabilities(engine, engines["torch"](model, store, GPU), atol=1e-5)
