"""A training whose every epoch takes no time: the next link of a chain of hashes. Same seed, same bits."""

import contextlib
import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import torch
from safetensors.torch import save
from torch import Tensor

from workers.datasets.image_dataset import Split
from workers.kinds import _backbone_features, _trained_model
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.retries import with_retries
from workers.training.checkpoint import Checkpoint

EPOCHS = 3
IDENTITY = DatasetIdentity("0", "given")


def bits(seed: int, epochs: int) -> bytes:
    """The state after that many epochs without a fault."""
    state = str(seed).encode()
    for _ in range(epochs):
        state = hashlib.sha256(state).digest()
    return state


class SimulatedTrainer:
    """Yields epochs as the real trainer does, and resumes from a checkpoint as it does."""

    def __init__(
        self,
        network: SimpleNamespace,
        dataset: object,
        recipe: Any,
        *,
        seed: int,
        device: object,
        trained: Path | None = None,
    ) -> None:
        del dataset, device
        network.state_dict = self.state_dict
        self._trained = trained
        self.recipe, self.seed = recipe, seed
        self.epochs_done = 0
        self.state = str(seed).encode()
        self.test = SimpleNamespace(labels=_tensor(b"labels"))

    def epochs(self, checkpoint: Checkpoint | None) -> Iterator[SimpleNamespace]:
        if checkpoint:
            self.epochs_done = checkpoint.epoch
            self.state = bytes(checkpoint.network["state"].tolist())
        for number in range(self.epochs_done + 1, self.recipe.epochs + 1):
            self.state = hashlib.sha256(self.state).digest()
            self.epochs_done = number
            if self._trained:
                with self._trained.open("a") as file:
                    file.write(".")
            made = Checkpoint(
                epoch=number,
                best_epoch=1,
                best_loss=0.0,
                train_seconds=0.0,
                network={"state": _tensor(self.state)},
                optimizer={},
            )
            epoch = SimpleNamespace(number=number, metrics=lambda: {"loss": 1.0})
            yield SimpleNamespace(epoch=epoch, checkpoint=made)

    def state_dict(self) -> dict[str, Tensor]:
        return {"state": _tensor(self.state)}


def weights(state: bytes) -> bytes:
    """The weights file of a training that ended in `state`."""
    return save({"state": _tensor(state)})


@contextlib.contextmanager
def simulated(train: Any, trained: Path | None = None) -> Iterator[None]:
    """The real job of a training with this one in place of the network's.

    Each epoch computed is noted by a byte in the file `trained`.
    """
    dataset = SimpleNamespace(
        image_shape=(1, 1, 1),
        num_classes=1,
        name="simulated",
        sha256=IDENTITY.sha256,
        split=IDENTITY.split,
        preparation=None,
        classes=["one"],
        mean=[0.0],
        std=[1.0],
        test=Split(torch.zeros(1, 1, 1, 1, dtype=torch.uint8), torch.zeros(1, dtype=torch.int64)),
    )
    replaced: list[tuple[Any, str, Any]] = [
        (train, "Trainer", functools.partial(SimulatedTrainer, trained=trained)),
        (train, "build", lambda *_, **__: SimpleNamespace()),
        (_backbone_features, "fetch", lambda *_: SimpleNamespace(identity=IDENTITY)),
        (train.DatasetStore, "path", lambda *_: Path("none")),
        (train, "load", lambda *_: dataset),
        (train, "evaluate_trained", lambda *_: SimpleNamespace(result=Judged())),
        (_trained_model, "_probabilities_file", lambda *_: b"probabilities"),
        (_trained_model, "keep_graph", _keep_graph),
        (train.devices, "prepare", lambda _: None),
    ]
    with contextlib.ExitStack() as stack:
        for target, name, value in replaced:
            stack.enter_context(mock.patch.object(target, name, value))
        yield


def _keep_graph(
    network: object, normalisation: object, images: object, artifacts: Any, path: str
) -> dict[str, Any]:
    del network, normalisation, images
    return {"path": path, "sha256": with_retries(lambda: artifacts.put(path, b"graph"))}


@dataclass(frozen=True)
class Accuracy:
    """A score of which only this is kept."""

    accuracy: float = 1.0


@dataclass(frozen=True)
class Judged:
    """What is reported of it."""

    num_parameters: int = 1
    validation: Accuracy = Accuracy()
    test: Accuracy = Accuracy()
    test_flips: bool = False
    flops: int = 1


def _tensor(content: bytes) -> Tensor:
    return torch.tensor(list(content), dtype=torch.uint8)
