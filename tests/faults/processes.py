"""An installation whose service and workers are real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from bakeoff import Client
from benchmarks.ports import free_port
from tests.migrated import migrate
from tests.waiting import until
from workers.datasets.fetch import fetch
from workers.datasets.stored.store import DatasetStore
from workers.queue import jobs
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.tables import Job, JobStatus

NUM_WORKERS = 3
LEASE_SECONDS = 30.0  # much longer than a takeover may take


class Installation:
    """The service and its workers as real processes."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.settings = Settings(data=folder, device="cpu", lease_seconds=LEASE_SECONDS, port=port)
        self.client = Client(f"http://127.0.0.1:{port}")
        self.environment = {
            **os.environ,
            "BAKEOFF_DATA": str(folder),
            "BAKEOFF_DEVICE": "cpu",
            "BAKEOFF_PORT": str(port),
            "BAKEOFF_LEASE_SECONDS": str(LEASE_SECONDS),
            "OMP_NUM_THREADS": "1",  # the same in every process, or the bits would differ
        }
        migrate(self.settings.resolved_database_url)
        self.database = open_database(self.settings.resolved_database_url)
        artifacts = ArtifactStore(self.settings.resolved_artifacts_url)
        datasets = DatasetStore(artifacts, self.settings.datasets_folder)
        fetch(self.database, datasets, "digits", report=lambda _: None)
        self.service = self._start("bakeoff", "serve")
        self.workers = [self.start_worker() for _ in range(NUM_WORKERS)]
        until(self.client.is_ready)

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start("workers")

    def _start(self, *module: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def running(self) -> list[Job]:
        with transaction(self.database, read_only=True) as session:
            return jobs.find(session, {"status": JobStatus.RUNNING}, limit=100).items

    def worker_of(self, job: Job) -> subprocess.Popen[bytes] | None:
        """The process of the worker that runs a job."""
        pid = int(str(job.worker).split("-")[-2])
        return next((worker for worker in self.workers if worker.pid == pid), None)

    def job(self, job_id: str) -> Job:
        with transaction(self.database, read_only=True) as session:
            return jobs.get(session, job_id)

    def stop(self) -> None:
        for process in [self.service, *self.workers]:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        self.client.close()
        self.database.dispose()
