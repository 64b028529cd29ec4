"""A data folder, a real worker on it, and its processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safetensors.torch import load
from torch import Tensor

from tests.migrated import migrate
from tests.waiting import until
from workers.datasets.fetch import fetch
from workers.datasets.stored.store import DatasetStore
from workers.queue import jobs, registrations
from workers.queue.jobs import JobRequest
from workers.settings import Settings
from workers.storage import metrics, trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import FINAL, Job, Registration

TIMED = {"seconds", "images_per_second"}


class Installation:
    """A data folder with real digits and a database, and what one does with them."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder, device="cpu", lease_seconds=6)
        migrate(self.settings.resolved_database_url)
        fetch(self.database, self.datasets, "digits", report=str)

    @property
    def database(self) -> Any:
        return open_database(self.settings.resolved_database_url)

    @property
    def datasets(self) -> DatasetStore:
        artifacts = ArtifactStore(self.settings.resolved_artifacts_url)
        return DatasetStore(artifacts, self.settings.datasets_folder)

    def enqueue(self, recipe: dict[str, Any], dataset: str = "digits", **request: Any) -> str:
        with transaction(self.database) as session:
            asked = JobRequest(
                **{
                    "kind": TRAIN,
                    "architecture": "residual_cnn",
                    "recipe": recipe,
                    "recipe_hash": "0",
                    "pins_dataset": True,
                    **request,
                },
                dataset=dataset,
            )
            return jobs.enqueue(session, asked, now=datetime.now(UTC)).id

    def job(self, job_id: str) -> Job:
        with transaction(self.database, read_only=True) as session:
            return jobs.get(session, job_id)

    def ended(self, job_id: str) -> Job:
        return until(lambda: self._if_final(self.job(job_id)))

    def _if_final(self, job: Job) -> Job | None:
        return job if job.status in FINAL else None

    def cancel(self, job_id: str) -> None:
        with transaction(self.database) as session:
            jobs.cancel(session, job_id, now=datetime.now(UTC))

    def metrics(self, job_id: str) -> dict[int, dict[str, float | None]]:
        """Without those that a clock decides."""
        with transaction(self.database, read_only=True) as session:
            epochs = metrics.of_jobs(session, [job_id])[job_id]
        return {
            number: {name: value for name, value in values.items() if name not in TIMED}
            for number, values in epochs.items()
        }

    def weights(self, job_id: str) -> dict[str, Tensor]:
        with transaction(self.database, read_only=True) as session:
            made = trained_models.of_jobs(session, [job_id])[job_id]
        store = ArtifactStore(self.settings.resolved_artifacts_url)
        return load(store.get(made.weights, sha256=made.weights_sha256))

    def workers(self) -> list[Registration]:
        with transaction(self.database, read_only=True) as session:
            return registrations.list_present(session, since=datetime(2000, 1, 1, tzinfo=UTC))

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """A worker process, stopped as a person would at the end."""
        environment = {
            **os.environ,
            "BAKEOFF_DATA": str(self.settings.data),
            "BAKEOFF_DEVICE": "cpu",
            "BAKEOFF_LEASE_SECONDS": str(self.settings.lease_seconds),
        }
        started = subprocess.Popen(
            [sys.executable, "-m", "tests.workers.quick_worker"], env=environment
        )
        try:
            until(lambda: started.pid in [worker.pid for worker in self.workers()])
            yield started
            started.terminate()
            assert started.wait(timeout=20) in {0, -signal.SIGKILL}
        finally:
            started.kill()
            started.wait()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def child_of_job(worker: int) -> int | None:
    """The process that runs a job: a grandchild, below the forkserver."""
    below = [grandchild for child in children(worker) for grandchild in children(child)]
    return below[-1] if below else None  # the first was asked for the name of the device


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
