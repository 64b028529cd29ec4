"""The installation under soak: a service and a worker as processes, started again where they end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

from benchmarks.ports import free_port
from workers.schema.migrate import upgrade
from workers.settings import Settings

START_SECONDS = 120.0
STOP_SECONDS = 30.0
LEASE_SECONDS = 10.0  # a job whose worker was killed is taken over soon


class Installation:
    """A data folder, and the two processes on it."""

    def __init__(self, data: Path, logs: Path) -> None:
        self.settings = Settings(
            data=data, device="cpu", port=free_port(), lease_seconds=LEASE_SECONDS
        )
        self.url = f"http://127.0.0.1:{self.settings.port}"
        self._logs = logs
        upgrade(self.settings.resolved_database_url)
        self.start_api()
        self.start_worker()

    def start_api(self) -> None:
        """Start the service, and return at once."""
        self.api = self._start("serve")

    def start_worker(self) -> None:
        """Start a worker, and return at once."""
        self.worker = self._start("work")

    def wait_until_ready(self) -> None:
        """Return when the service answers; RuntimeError after START_SECONDS."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"the service is not ready; see {self._logs}/serve.log")

    def job_processes(self) -> list[psutil.Process]:
        """The processes of jobs: they are forked by a process that the worker has started."""
        try:
            servers = psutil.Process(self.worker.pid).children()
            return [job for server in servers for job in server.children()]
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> None:
        """Stop both, kindly and then not."""
        for process in (self.worker, self.api):
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in (self.worker, self.api):
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, command: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "BAKEOFF_DATA": str(self.settings.data),
            "BAKEOFF_DEVICE": "cpu",
            "BAKEOFF_PORT": str(self.settings.port),
            "BAKEOFF_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        with (self._logs / f"{command}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "service", command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
            )
