"""An installation with an empty folder for weights, a hub on this machine, and a small network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
import torch
from safetensors.torch import save
from sqlalchemy import Engine
from torch import Tensor, nn

from tests.migrated import migrate
from tests.workers.weights.hub_server import HubServer
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.weights.find import find
from workers.weights.registration import find_all
from workers.weights.store import WeightsStore
from workers.weights.wanted import FoundWeights, WantedWeights

NOWHERE = "http://127.0.0.1:9"  # nobody listens there


@dataclass
class Installation:
    """A database, artifacts and a weights folder; `told` is what was reported."""

    database: Engine
    store: WeightsStore
    told: list[str] = field(default_factory=list)

    def find(
        self,
        architecture: str = "timm/tiny",
        *,
        asked: Literal[True] | str = True,
        repo: str | None = None,
        licence: str | None = None,
        hub: str = NOWHERE,
    ) -> FoundWeights:
        wanted = WantedWeights(architecture, asked, repo, licence=licence)
        return find(self.database, self.store, wanted, hub_url=hub, report=self.told.append)

    def put_by_hand(self, name: str, content: bytes) -> Path:
        self.store.folder.mkdir(parents=True, exist_ok=True)
        path = self.store.folder / f"{name}.safetensors"
        path.write_bytes(content)
        return path

    def names(self) -> list[str]:
        with transaction(self.database, read_only=True) as session:
            return [row.name for row in find_all(session)]

    def scratch(self) -> list[str]:
        """What lies in the weights folder beside locks and files that were put there by hand."""
        return [
            path.name
            for path in self.store.folder.iterdir()
            if path.suffix != ".lock" and path.name.startswith(".")
        ]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    url = f"sqlite:///{tmp_path / 'bakeoff.db'}"
    migrate(url)
    artifacts = ArtifactStore(str(tmp_path / "artifacts"))
    yield Installation(open_database(url), WeightsStore(artifacts, tmp_path / "weights"))
    open_database(url).dispose()


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as server:
        yield server


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 10))


@pytest.fixture
def file_of() -> Callable[..., bytes]:
    """Makes a safetensors file of tensors, which differs with `value`."""

    def make(value: float = 1.0, metadata: dict[str, str] | None = None) -> bytes:
        tensors: dict[str, Tensor] = {"layer.weight": torch.full((2, 3), value)}
        return save(tensors, metadata)

    return make
