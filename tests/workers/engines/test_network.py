"""A model that the memory does not hold is refused with a sentence, loaded or computing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save

from models import ImageShape, architectures
from workers.engines import EngineError, Placement, engines
from workers.storage.artifacts import ArtifactStore
from workers.storage.tables import Model

EXHAUSTED = "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path))


@pytest.fixture
def model(artifacts: ArtifactStore) -> Model:
    network = architectures["cnn"](ImageShape(1, 8, 8), 2)
    digest = artifacts.put("weights", save(network.state_dict()))
    return Model(
        id="m",
        architecture="cnn",
        options={},
        classes=["a", "b"],
        image_shape=[1, 8, 8],
        mean=[0.0],
        std=[1.0],
        weights="weights",
        weights_sha256=digest,
        test_flips=False,
    )


def exhaust(*_: Any, **__: Any) -> None:
    raise RuntimeError(EXHAUSTED)


def load(model: Model, artifacts: ArtifactStore) -> Any:
    return engines["torch"](model, artifacts, Placement("cpu", 1))


def test_a_network_that_does_not_fit_is_named(
    model: Model, artifacts: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.nn.Module, "to", exhaust)

    with pytest.raises(EngineError, match=r"^out of memory while model 'm' was loaded") as refused:
        load(model, artifacts)
    assert "DefaultCPUAllocator" not in str(refused.value)


def test_images_that_do_not_fit_are_counted(
    model: Model, artifacts: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = load(model, artifacts)
    monkeypatch.setattr(torch.nn.Conv2d, "forward", exhaust)

    with pytest.raises(EngineError, match=r"^out of memory while 3 images at once were classified"):
        engine.classify(np.zeros((3, 1, 8, 8), dtype=np.uint8))
