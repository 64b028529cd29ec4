"""The client and its commands are tested against the same real service as the service itself."""

import functools
import ssl
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

_read_once = functools.cache(ssl.create_default_context)


@pytest.fixture(scope="module", autouse=True)
def _certificates_read_once() -> Iterator[None]:
    """Every client would read the authorities that it trusts, of which none is met here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", _read_once)
        yield


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
