"""Real digits, whole and in a size that trains in a blink; a GPU, where there is one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from sqlalchemy import Engine

from tests.migrated import migrate
from tests.postgresql import new_database
from workers.datasets.fetch import fetch_file
from workers.datasets.image_dataset import ImageDataset, Split
from workers.datasets.stored.loading import load
from workers.storage.database import open_database
from workers.training.measuring import latency


@pytest.fixture
def cuda() -> torch.device:
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device here")
    return torch.device("cuda")


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> ImageDataset:
    folder = tmp_path_factory.mktemp("datasets")
    fetch_file(folder, "digits", folder / "digits.safetensors", report=str)
    return load(folder / "digits.safetensors", "digits")


@pytest.fixture(scope="session")
def few_digits(digits: ImageDataset) -> ImageDataset:
    """225 images to train on, 50 to validate with, 60 to test on."""
    return replace(
        digits,
        train=_first(digits.train, 225),
        validation=_first(digits.validation, 50),
        test=_first(digits.test, 60),
        moments=None,  # those of these images
    )


@pytest.fixture
def quick_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that do not judge a latency: a few samples of it will do."""
    monkeypatch.setattr(latency, "WARM_UP_SECONDS", 0)
    monkeypatch.setattr(latency, "MEASURE_SECONDS", 0)
    monkeypatch.setattr(latency, "MIN_SAMPLES", 1)


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """A file of the real data beside the checkout, where the machine has one."""

    def find(name: str) -> Path:
        path = Path(__file__).parents[3] / "shared" / "data" / name
        if not path.exists():
            pytest.skip(f"this machine has no {name} beside the checkout to test with")
        return path

    return find


def _first(split: Split, count: int) -> Split:
    return Split(split.images[:count], split.labels[:count])


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of this version, on each kind that is supported."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bakeoff.db'}"
    else:
        url = new_database(request.getfixturevalue("postgresql"))
    migrate(url)
    yield open_database(url)
    open_database(url).dispose()
