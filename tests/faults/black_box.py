"""python -m tests.faults.black_box SECONDS: service, three workers, SIGKILL and SIGSTOP at random.

A client over HTTP notes what was acknowledged. When the faults stop the queue must drain; then the
checker reads every history, and the weights are compared with those of a training left alone.
"""

import contextlib
import itertools
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bakeoff.client import Client
from tests.faults.history import Ending, Happened, violations
from workers.datasets.fetch import fetch
from workers.queue import events, jobs
from workers.schema.migrate import upgrade
from workers.settings import Settings
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.tables import FINAL, Job, JobStatus

NUM_WORKERS = 3
NUM_JOBS = 2  # under way at once, so that one worker is free to take over
RECIPE = {"epochs": 12, "batch_size": 32}
LEASE_SECONDS = 30.0  # much longer than a takeover may take
STALL_SECONDS = 3.0
DRAIN_SECONDS = 180.0


@dataclass
class Report:
    """What came of it."""

    faults: dict[str, int] = field(default_factory=lambda: {"SIGKILL": 0, "SIGSTOP": 0})
    acknowledged: int = 0
    succeeded: int = 0
    takeover_seconds: list[float] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


class Installation:
    """The service and its workers as real processes."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
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
        upgrade(self.settings.resolved_database_url)
        fetch(self.settings.datasets_folder, "digits", report=lambda _: None)
        self.database = open_database(self.settings.resolved_database_url)
        self.service = self._start("bakeoff", "serve")
        self.workers = [self.start_worker() for _ in range(NUM_WORKERS)]
        wait(self.client.is_ready)

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

    def job(self, job_id: str) -> Job:
        with transaction(self.database, read_only=True) as session:
            return jobs.get(session, job_id)

    def stop(self) -> None:
        for one in [self.service, *self.workers]:
            one.send_signal(signal.SIGCONT)
            one.kill()
            one.wait()
        self.client.close()
        self.database.dispose()


def wait(found: Callable[[], Any], seconds: float = DRAIN_SECONDS) -> Any:
    """What `found` gives, as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > deadline:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.01)
    return answer


def torment(seconds: float, seed: int) -> Report:
    """Disturb an installation for that long, then let it finish and look at what it did."""
    report, chance = Report(), random.Random(seed)  # noqa: S311 - to be repeatable
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder))
        acknowledged: list[str] = []
        try:
            deadline = time.monotonic() + seconds
            for number in itertools.count():
                if time.monotonic() > deadline:
                    break
                _keep_busy(installation, acknowledged)
                _disturb(installation, report, chance, number)
            wait(lambda: not _open(installation, acknowledged))
            report.acknowledged = len(acknowledged)
            report.violations = list(_wrong(installation, acknowledged, report))
        finally:
            installation.stop()
    return report


def _keep_busy(installation: Installation, acknowledged: list[str]) -> None:
    while len(_open(installation, acknowledged)) < NUM_JOBS:
        made = installation.client.train("digits", "residual_cnn", recipe=RECIPE)
        acknowledged.append(made["id"])


def _open(installation: Installation, acknowledged: list[str]) -> list[str]:
    return [one for one in acknowledged if installation.job(one).status not in FINAL]


def _disturb(
    installation: Installation, report: Report, chance: random.Random, number: int
) -> None:
    """Kill the worker of a job that has got somewhere, or stall one; see when the job goes on."""
    job = next((one for one in installation.running() if one.progress and _may_be_hit(one)), None)
    if job is None:
        time.sleep(0.05)
        return
    pid = int(str(job.worker).split("-")[-2])
    victim = next((one for one in installation.workers if one.pid == pid), None)
    if victim is None or victim.poll() is not None:
        return
    if number % 3 == 2:
        victim.send_signal(signal.SIGSTOP)
        report.faults["SIGSTOP"] += 1
        time.sleep(chance.uniform(0.1, STALL_SECONDS))
        victim.send_signal(signal.SIGCONT)
        return
    time.sleep(chance.uniform(0, 0.5))
    before = installation.job(job.id)
    if before.status != JobStatus.RUNNING or before.token != job.token:
        return
    victim.kill()
    killed = datetime.now(UTC)
    report.faults["SIGKILL"] += 1
    victim.wait()
    installation.workers.remove(victim)
    wait(lambda: installation.job(job.id).token > job.token or _ended(installation, job.id))
    report.takeover_seconds += _takeover(installation, job, killed)
    installation.workers.append(installation.start_worker())


def _may_be_hit(job: Job) -> bool:
    return job.attempts < job.max_attempts  # or it would fail, as it should


def _ended(installation: Installation, job_id: str) -> bool:
    return installation.job(job_id).status in FINAL


def _takeover(installation: Installation, job: Job, killed: datetime) -> Iterator[float]:
    with transaction(installation.database, read_only=True) as session:
        for one in events.after(session, job.id, 0):
            if one.token == job.token + 1 and one.data.get("status") == "running":
                yield (one.at - killed).total_seconds()


def _wrong(installation: Installation, acknowledged: list[str], report: Report) -> Iterator[str]:
    expected: bytes | None = None
    store = ArtifactStore(installation.settings.resolved_artifacts_url)
    for job_id in acknowledged:
        with transaction(installation.database, read_only=True) as session:
            job = jobs.get(session, job_id)
            rows = events.after(session, job_id, 0)
            model = trained_models.of_jobs(session, [job_id]).get(job_id)
        told = [Happened(one.id, one.kind, one.token, one.data) for one in rows]
        yield from violations(told, Ending(str(job.status), job.epoch, job.max_attempts))
        if model is None:
            continue
        report.succeeded += 1
        content = store.get(model.weights, sha256=model.weights_sha256)
        expected = expected or content  # the same seed and recipe: the same bits, each of them
        if content != expected:
            yield f"{job_id}: other bits"


def main() -> None:
    """Torment for so many seconds and print the report as JSON."""
    with contextlib.suppress(httpx.TransportError):
        report = torment(float(sys.argv[1]), seed=1)
        sys.stdout.write(json.dumps(asdict(report)) + "\n")
        sys.exit(bool(report.violations))
    sys.exit("the service did not answer")


if __name__ == "__main__":
    main()
