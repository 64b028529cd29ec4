"""Real digits, whole and in a size that trains in a blink."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from workers.database import engine
from workers.datasets import store
from workers.datasets.fetch import fetch
from workers.datasets.image_dataset import ImageDataset, Split
from workers.ids import new_id
from workers.migrate import upgrade
from workers.training import latency


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> ImageDataset:
    folder = tmp_path_factory.mktemp("datasets")
    fetch(folder, "digits", report=str)
    return store.load(folder, "digits")


@pytest.fixture(scope="session")
def few_digits(digits: ImageDataset) -> ImageDataset:
    """225 images to train on, 50 to validate with, 60 to test on."""
    return replace(
        digits,
        train=_first(digits.train, 225),
        validation=_first(digits.validation, 50),
        test=_first(digits.test, 60),
    )


@pytest.fixture
def quick_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that do not judge a latency: a few samples of it will do."""
    monkeypatch.setattr(latency, "WARM_UP_SECONDS", 0)
    monkeypatch.setattr(latency, "MEASURE_SECONDS", 0)


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


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server, started for these tests, without a database."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([str(one) for one in programs] + [os.environ["PATH"]])
    initdb, postgres = (shutil.which(name, path=path) for name in ("initdb", "postgres"))
    if not (initdb and postgres):
        pytest.skip("PostgreSQL's server is not installed here")
    folder = tmp_path_factory.mktemp("postgresql")
    user = _somebody_else(folder)
    subprocess.run(
        [initdb, "-D", folder / "data", "-A", "trust", "-U", "bakeoff", "--no-sync"],
        check=True,
        capture_output=True,
        user=user,
    )
    server = subprocess.Popen(
        [postgres, "-D", folder / "data", "-k", folder, "-c", "listen_addresses="],
        stderr=subprocess.DEVNULL,
        user=user,
    )
    try:
        _wait_for(str(folder))
        yield str(folder)
    finally:
        server.terminate()
        server.wait()


def _somebody_else(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root: the account to run it as instead, who is given the folder."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    account = next(name for name in ("postgres", "nobody") if name in known)
    shutil.chown(folder, account)
    for parent in folder.parents:
        if parent.owner() == "root" and parent.name.startswith("pytest-"):
            parent.chmod(0o755)
    return account


def _wait_for(host: str) -> None:
    for _ in range(200):
        try:
            psycopg.connect(host=host, user="bakeoff", dbname="postgres", connect_timeout=1).close()
        except psycopg.OperationalError:
            subprocess.run(["sleep", "0.05"], check=True)
        else:
            return
    raise AssertionError("PostgreSQL does not start")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of this version, on each kind that is supported."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'bakeoff.db'}"
    else:
        host, name = request.getfixturevalue("postgresql"), f"test_{new_id()}"
        with psycopg.connect(host=host, user="bakeoff", dbname="postgres", autocommit=True) as made:
            made.execute(f"CREATE DATABASE {name}")
        url = f"postgresql+psycopg://bakeoff@/{name}?host={host}"
    upgrade(url)
    yield engine(url)
    engine(url).dispose()
