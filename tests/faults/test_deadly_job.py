"""A job whose process kills its worker each time, in real processes under a supervisor."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.faults.deadly_worker import DEADLY
from tests.faults.simulated_training import EPOCHS
from tests.migrated import migrate
from tests.waiting import until
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.settings import Settings
from workers.storage.database import open_database, transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import FINAL, MAX_ATTEMPTS, Job, JobStatus


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    settings = Settings(data=tmp_path, device="cpu")
    migrate(settings.resolved_database_url)
    yield open_database(settings.resolved_database_url)
    open_database(settings.resolved_database_url).dispose()


@pytest.mark.skipif(sys.platform != "linux", reason="kills processes with Linux's signals")
def test_a_job_that_kills_its_worker_each_time_fails_after_its_attempts_and_the_next_one_is_run(
    database: Engine, tmp_path: Path
) -> None:
    deadly, harmless = _enqueue(database, seed=DEADLY), _enqueue(database, seed=DEADLY + 1)

    exit_codes = list(_supervise(database, tmp_path, until_ended=harmless))

    assert exit_codes == [-9] * MAX_ATTEMPTS
    failed, succeeded = _job(database, deadly), _job(database, harmless)
    assert (failed.status, failed.attempts, failed.epoch) == (JobStatus.FAILED, MAX_ATTEMPTS, 0)
    assert failed.error == "its worker died each time it was tried"
    assert (succeeded.status, succeeded.attempts) == (JobStatus.SUCCEEDED, 1)
    assert succeeded.epoch == EPOCHS


def _supervise(database: Engine, folder: Path, *, until_ended: str) -> Iterator[int]:
    """Start a worker whenever there is none; yields the exit code of each that died by itself."""

    def is_done() -> bool:
        return _job(database, until_ended).status in FINAL

    while not is_done():
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.deadly_worker"],
            env={**os.environ, "BAKEOFF_DATA": str(folder), "BAKEOFF_DEVICE": "cpu"},
        )
        try:
            until(lambda started=worker: started.poll() is not None or is_done())
            if worker.poll() is not None:
                yield worker.returncode
        finally:
            worker.terminate()
            worker.wait()


def _enqueue(database: Engine, *, seed: int) -> str:
    asked = JobRequest(
        TRAIN, "none", "chain", recipe={"epochs": EPOCHS}, recipe_hash="0", seed=seed
    )
    with transaction(database) as session:
        return jobs.enqueue(session, asked, now=datetime.now(UTC)).id


def _job(database: Engine, job_id: str) -> Job:
    with transaction(database, read_only=True) as session:
        return jobs.get(session, job_id)
