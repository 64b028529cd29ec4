"""What earlier versions left, unpacked."""

import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.compatibility.freeze import SUFFIX

ARCHIVES = sorted((Path(__file__).parent / "frozen").glob(f"*{SUFFIX}"))


def version_of(archive: Path) -> str:
    return archive.name.removesuffix(SUFFIX)


@pytest.fixture(scope="session", params=ARCHIVES, ids=version_of)
def frozen(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder, answers and weights of one earlier version; only read."""
    folder = tmp_path_factory.mktemp("frozen")
    with tarfile.open(request.param) as archive:
        archive.extractall(folder, filter="data")
    return folder / version_of(request.param)
