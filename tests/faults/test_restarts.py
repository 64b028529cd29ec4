"""The service is killed while clients follow a job: they come back and have missed nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from httpx_sse import connect_sse
from sqlalchemy import Engine

from benchmarks.ports import free_port
from tests.migrated import migrate
from tests.waiting import until
from workers.queue import claims, jobs, leases
from workers.queue.jobs import JobRequest
from workers.queue.leases import Lease
from workers.settings import Settings
from workers.storage.database import open_database, transaction
from workers.storage.kind_names import TRAIN

EPOCHS = 6
RESTARTS_AFTER = (2,)  # epochs


class Served:
    """The service in a process of its own, at one address however often it is started."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.address = f"http://127.0.0.1:{settings.port}"
        self.start()

    def start(self) -> None:
        environment = {
            **os.environ,
            "BAKEOFF_DATA": str(self.settings.data),
            "BAKEOFF_PORT": str(self.settings.port),
            "BAKEOFF_DEVICE": "cpu",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bakeoff", "serve"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._is_up)

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/live").is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    port = free_port()
    settings = Settings(data=tmp_path, device="cpu", port=port)
    migrate(settings.resolved_database_url)
    started = Served(settings)
    yield started
    started.kill()
    open_database(settings.resolved_database_url).dispose()


def test_a_stream_resumed_across_restarts_of_the_service_misses_nothing_and_repeats_nothing(
    served: Served,
) -> None:
    database = open_database(served.settings.resolved_database_url)
    lease = _claimed(database)
    seen: list[tuple[int, str]] = []
    epoch = 0
    while not seen or seen[-1][1] != "succeeded":
        try:
            for event in _events(served, lease.job_id, after=seen[-1][0] if seen else 0):
                seen.append(event)
                if epoch in RESTARTS_AFTER and seen[-1][1] == str(epoch):
                    served.kill()  # and while nobody listens, more happens
                    epoch = _train(database, lease, epoch)
                if seen[-1][1] in {"running", str(epoch)}:
                    epoch = _train(database, lease, epoch)
        except httpx.TransportError:
            served.start()

    assert [what for _, what in seen] == [
        "queued",
        "running",
        *map(str, range(1, EPOCHS + 1)),
        "succeeded",
    ]
    assert [number for number, _ in seen] == sorted({number for number, _ in seen})


def _claimed(database: Engine) -> Lease:
    now = datetime.now(UTC)
    with transaction(database) as session:
        request = JobRequest(TRAIN, "digits", "cnn", recipe={}, recipe_hash="0")
        jobs.enqueue(session, request, now=now)
        job = claims.claim(session, worker="w", now=now, duration=timedelta(hours=1))
    assert job
    return Lease(job.id, job.token)


def _events(served: Served, job_id: str, *, after: int) -> Iterator[tuple[int, str]]:
    """The id of each event of a job, and the epoch or the status that it tells of."""
    path = f"{served.address}/v1/jobs/{job_id}/events"
    headers = {"Last-Event-ID": str(after)}
    with (
        httpx.Client(timeout=60) as client,
        connect_sse(client, "GET", path, headers=headers) as stream,
    ):
        for event in stream.iter_sse():
            data = event.json()
            yield int(event.id), str(data.get("epoch") or data["status"])


def _train(database: Engine, lease: Lease, epoch: int) -> int:
    """One epoch more, or the end."""
    with transaction(database) as session:
        now = datetime.now(UTC)
        if epoch == EPOCHS:
            leases.succeed(session, lease, result={}, now=now)
            return epoch
        leases.record_epoch(
            session, lease, epoch=epoch + 1, values={"loss": 1.0}, checkpoint="none", now=now
        )
    return epoch + 1
