"""An earlier version of the project, driven by its command line and its HTTP API alone."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.ports import free_port
from tests.waiting import until

SECONDS = 120  # that a process may take to end
FINAL = {"succeeded", "failed", "cancelled"}


@dataclass
class EarlierVersion:
    """A checkout, the command that runs it, and the data folder it works on."""

    checkout: Path
    command: list[str]
    data: Path

    @contextmanager
    def run(self, command: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command in a process group of its own, which is killed at the end."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.checkout),
            "BAKEOFF_DATA": str(self.data),
            "BAKEOFF_DEVICE": "cpu",
            "BAKEOFF_LEASE_SECONDS": "3",
            "OMP_NUM_THREADS": "1",
        }
        process = subprocess.Popen(
            [*self.command, command, *options],
            cwd=self.checkout,
            env=environment,
            process_group=0,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    @contextmanager
    def serve(self) -> Iterator[httpx.Client]:
        """Migrate the data folder and serve it; yields a client of the service."""
        with self.run("migrate") as migration:
            assert migration.wait(timeout=SECONDS) == 0
        port = free_port()
        with (
            self.run("serve", "--port", str(port)) as service,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
        ):
            until(lambda: is_ready(http))
            yield http
            stop(service)

    @contextmanager
    def work(self) -> Iterator[None]:
        """Run a worker, and stop it as a person would: it gives its job back to the queue."""
        with self.run("work") as worker:
            yield
            stop(worker)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and wait until it has."""
    process.terminate()
    process.wait(timeout=SECONDS)


def is_ready(http: httpx.Client) -> bool:
    try:
        return http.get("/health/ready").is_success
    except httpx.TransportError:
        return False


def post(http: httpx.Client, path: str, body: Any, **headers: str) -> dict[str, Any]:
    answer = http.post(path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return dict(answer.json())


def wait_for_end(http: httpx.Client, job_id: str) -> dict[str, Any]:
    """Return the job when it has succeeded."""

    def final() -> dict[str, Any] | None:
        job: dict[str, Any] = http.get(f"/v1/jobs/{job_id}").json()
        return job if job["status"] in FINAL else None

    job = dict(until(final))
    assert job["status"] == "succeeded", job
    return job


def wait_for_epoch(http: httpx.Client, job_id: str, epoch: int) -> None:
    """Return when the job's metrics have this epoch."""
    until(lambda: len(http.get(f"/v1/jobs/{job_id}/metrics").json()["epochs"]) >= epoch)
