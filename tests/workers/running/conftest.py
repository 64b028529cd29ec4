"""Installations with a real worker, one for each test or one for all of a module."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.workers.installation import Installation
from workers.queue import jobs
from workers.storage.database import transaction
from workers.storage.tables import FINAL


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "data")
    yield made
    made.database.dispose()


class AtWork(NamedTuple):
    """An installation and the worker that works there."""

    installation: Installation
    worker: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def one_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    installation = Installation(tmp_path_factory.mktemp("at_work") / "data")
    with installation.worker() as worker:
        yield AtWork(installation, worker)
    installation.database.dispose()


@pytest.fixture
def at_work(one_worker: AtWork) -> Iterator[AtWork]:
    """The same worker for all tests that let it live; each finds it without a job."""
    yield one_worker
    with transaction(one_worker.installation.database) as session:
        left = [
            job.id for job in jobs.find(session, {}, limit=100).items if job.status not in FINAL
        ]
    for job_id in left:
        one_worker.installation.cancel(job_id)
        one_worker.installation.ended(job_id)
