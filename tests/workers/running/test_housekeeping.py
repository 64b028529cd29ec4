"""What a worker clears away beside its jobs."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.migrated import migrate
from workers.datasets.stored.clearing import GRACE
from workers.datasets.stored.store import DatasetStore
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.running.housekeeping import run_housekeeping
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.weights.store import WeightsStore


def test_a_worker_clears_what_nothing_needs_when_it_starts(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    migrate(settings.resolved_database_url)
    database = open_database(settings.resolved_database_url)
    week_ago = datetime.now(UTC) - timedelta(days=7)
    with transaction(database) as session:
        jobs.enqueue(session, JobRequest("fetch", "digits"), now=week_ago)
    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    file = tmp_path / "file"
    file.write_bytes(b"left by a process that was killed")
    DatasetStore(artifacts, settings.datasets_folder).keep_upload(file, "0")
    old = (datetime.now(UTC) - 2 * GRACE).timestamp()
    WeightsStore(artifacts, settings.weights_folder).send(file, "1" * 64)
    for left in ("uploads/0", f"pretrained/{'1' * 64}.safetensors"):
        os.utime(tmp_path / "artifacts" / left, (old, old))
    stop = threading.Event()
    stop.set()

    run_housekeeping(settings, stop)

    assert artifacts.names("uploads") == []
    assert artifacts.names("pretrained") == []
