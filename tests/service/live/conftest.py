"""A queue in a database of its own, and a feed of it that looks often."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from service.live import feed as feeds
from service.live import follower
from service.live.feed import Feed
from tests.migrated import migrate
from tests.postgresql import new_database
from workers.storage.database import open_database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'bakeoff.db'}"
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgresql"))
    migrate(url)
    yield open_database(url)
    open_database(url).dispose()


@pytest.fixture
def feed(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Feed:
    monkeypatch.setattr(feeds, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(feeds, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(follower, "AGAIN_SECONDS", 0.01)
    return Feed(database)
