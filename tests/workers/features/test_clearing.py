"""Features stay as long as a name stands for their dataset, or a job may train on it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.workers.features.backbones import IDENTITY
from workers.features.clearing import GRACE, clear_unneeded
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import Job

NOW = datetime.now(UTC)
FILE = f"features/{IDENTITY.sha256}-{IDENTITY.split}/a.json"


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path / "artifacts"))


def enqueue(database: Engine, **columns: str) -> None:
    with transaction(database) as session:
        request = JobRequest(TRAIN, "colours", "cnn", recipe={}, recipe_hash="0")
        job = session.get(Job, jobs.enqueue(session, request, now=NOW - 2 * GRACE).id)
        for name, value in columns.items():
            setattr(job, name, value)


def put(artifacts: ArtifactStore, folder: Path, age: timedelta) -> None:
    artifacts.put(FILE, b"{}")
    written = (NOW - age).timestamp()
    os.utime(folder / "artifacts" / FILE, (written, written))


@pytest.mark.parametrize(
    ("age", "status", "stays"),
    [
        (1.5 * GRACE, "succeeded", False),
        (1.5 * GRACE, "queued", True),
        (1.5 * GRACE, "failed", True),
        (0.5 * GRACE, "succeeded", True),
        (4 * GRACE, "succeeded", True),  # of another database
    ],
)
def test_what_is_cleared(
    database: Engine,
    artifacts: ArtifactStore,
    tmp_path: Path,
    age: timedelta,
    status: str,
    stays: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    put(artifacts, tmp_path, age)
    dataset = {"dataset_sha256": IDENTITY.sha256, "dataset_split": IDENTITY.split}
    enqueue(database, status=status, **dataset)

    clear_unneeded(database, artifacts, tmp_path / "features", now=NOW)

    assert artifacts.has(FILE) == stays
