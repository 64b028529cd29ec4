"""Files of weights stay as long as a name stands for them."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.workers.weights.conftest import Installation
from tests.workers.weights.hub_server import sha256
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction
from workers.storage.scratch import ABANDONED_SECONDS
from workers.weights.clearing import GRACE, clear_unneeded, delete
from workers.weights.errors import WeightsAbsentError, WeightsError
from workers.weights.registration import Origin, keep
from workers.weights.store import SCRATCH, WeightsStore

FileOf = Callable[..., bytes]
NOW = datetime.now(UTC)


def keep_as(installation: Installation, name: str, content: bytes) -> None:
    file = installation.put_by_hand("file", content)
    keep(installation.database, installation.store, name, file, Origin("a test"))
    file.unlink()


def test_a_file_goes_with_its_last_name(installation: Installation, file_of: FileOf) -> None:
    keep_as(installation, "a", file_of())
    keep_as(installation, "b", file_of())
    assert installation.store.list_sent() == {sha256(file_of())}

    delete(installation.database, installation.store, "a")
    assert installation.store.list_sent() == {sha256(file_of())}
    delete(installation.database, installation.store, "b")
    assert installation.store.list_sent() == set()
    with pytest.raises(WeightsAbsentError, match="PUT /v1/weights/b"):
        delete(installation.database, installation.store, "b")


def test_a_name_that_gets_other_weights_leaves_the_old_file(
    installation: Installation, file_of: FileOf
) -> None:
    keep_as(installation, "a", file_of(1.0))
    keep_as(installation, "a", file_of(2.0))

    assert installation.store.list_sent() == {sha256(file_of(2.0))}


def test_a_file_that_is_refused_changes_nothing(
    installation: Installation, file_of: FileOf
) -> None:
    keep_as(installation, "a", file_of(1.0))
    with pytest.raises(WeightsError):
        keep_as(installation, "a", file_of(float("nan")))

    assert installation.store.list_sent() == {sha256(file_of(1.0))}


def test_what_a_killed_process_left_without_a_name_is_cleared_after_a_day(
    installation: Installation, file_of: FileOf, tmp_path: Path
) -> None:
    with transaction(installation.database) as session:
        jobs.enqueue(session, JobRequest("fetch", "digits"), now=NOW - timedelta(days=7))
    keep_as(installation, "a", file_of(1.0))
    left, new = (installation.put_by_hand(name, file_of(2.0)) for name in ("left", "new"))
    installation.store.send(left, "1" * 64)
    installation.store.send(new, "2" * 64)
    scratch = installation.store.folder / f"{SCRATCH}left"
    scratch.write_bytes(b"half an upload")
    fetched = installation.store.folder / ".timm_tiny-left"
    fetched.mkdir()
    artifacts = tmp_path / "artifacts" / "pretrained"
    old = (NOW - 2 * GRACE).timestamp()
    for path in (
        artifacts / f"{sha256(file_of(1.0))}.safetensors",
        artifacts / f"{'1' * 64}.safetensors",
    ):
        os.utime(path, (old, old))
    for path in (scratch, fetched):
        os.utime(path, (NOW.timestamp() - ABANDONED_SECONDS - 60,) * 2)

    clear_unneeded(installation.database, installation.store, now=NOW)

    assert installation.store.list_sent() == {sha256(file_of(1.0)), "2" * 64}
    assert installation.scratch() == []
    assert not fetched.exists()


def test_weights_are_kept_and_deleted_in_every_database(
    database: Engine, file_of: FileOf, tmp_path: Path
) -> None:
    store = WeightsStore(ArtifactStore(str(tmp_path / "artifacts")), tmp_path / "weights")
    installation = Installation(database, store)

    keep_as(installation, "a", file_of(1.0))
    keep_as(installation, "a", file_of(2.0))
    assert installation.names() == ["a"]
    assert store.list_sent() == {sha256(file_of(2.0))}

    delete(database, store, "a")
    assert installation.names() == []
    assert store.list_sent() == set()
