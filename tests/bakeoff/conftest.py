"""The client and its commands are tested against the same real service as the service itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bakeoff import Client
from tests.bakeoff.unreliable import Unreliable
from tests.service.conftest import _short_latency as _short_latency
from tests.service.conftest import address as address
from tests.service.conftest import empty_address as empty_address
from tests.service.conftest import npz as npz
from tests.service.conftest import png as png
from tests.service.conftest import service as service
from tests.service.conftest import trained as trained


@pytest.fixture
def client(address) -> Iterator[Client]:
    """A client of the trained installation."""
    with Client(address) as client:
        yield client


@pytest.fixture
def picture(tmp_path, png) -> Path:
    path = tmp_path / "bar.png"
    path.write_bytes(png(20, 20))
    return path


@pytest.fixture
def unreliable() -> Iterator[Unreliable]:
    """A real server that fails as it is told."""
    with Unreliable() as server:
        yield server
