"""An installation whose worker takes turns, and waits for nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.faults import Installation
from tests.reliability.simulated_training import simulated
from workers import patience, train_job


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(patience, "PAUSES", (0.0,) * 5)
    made = Installation(tmp_path / "data")
    with simulated(train_job):
        yield made
    made.database.dispose()
