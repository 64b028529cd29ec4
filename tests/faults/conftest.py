"""An installation whose worker takes turns, and waits for nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.faults import Installation
from tests.faults.simulated_training import simulated
from workers.kinds import train
from workers.storage import retries


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(retries, "PAUSES", (0.0,) * 5)
    made = Installation(tmp_path / "data")
    with simulated(train):
        yield made
    made.database.dispose()
