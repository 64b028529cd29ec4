"""Service and worker as child processes that start together and stop together."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from bakeoff import Client
from service.commands._data_folder import refuse_unwritable
from service.commands._listening import StartError, on_usable_port, url_of
from service.commands._signals import treat_sigterm_as_interrupt
from workers.schema.migrate import upgrade
from workers.settings import Settings

START_SECONDS = 60
STOP_SECONDS = 15


@dataclass(frozen=True)
class Running:
    """The two processes and where they listen."""

    url: str
    processes: dict[str, subprocess.Popen[bytes]]

    def find_ended(self) -> str | None:
        """The name of a process that has ended by itself, if one has."""
        ended = (name for name, process in self.processes.items() if process.poll() is not None)
        return next(ended, None)

    def wait(self) -> NoReturn:
        """Wait until a process ends by itself, which none should, and raise StartError."""
        while self.find_ended() is None:
            time.sleep(0.2)
        raise StartError(f"the {self.find_ended()} process ended by itself; see its log")


@contextmanager
def run_processes(settings: Settings, *, log_folder: Path | None = None) -> Iterator[Running]:
    """Bring the database up to date, start service and worker, stop both at the end.

    They write to `<log_folder>/service.log` and `worker.log`, or to the terminal without a folder.
    """
    refuse_unwritable(settings)
    settings = on_usable_port(settings)
    upgrade(settings.resolved_database_url)
    with ExitStack() as stack, treat_sigterm_as_interrupt():
        processes: dict[str, subprocess.Popen[bytes]] = {}
        stack.callback(_stop, processes)
        for name, command in (("service", "serve"), ("worker", "work")):
            log = _log_file(stack, log_folder, name)
            processes[name] = _start(command, settings, log)
        started = Running(url_of(settings), processes)
        _wait_until_ready(started)
        yield started


def _start(command: str, settings: Settings, log: IO[bytes] | None) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "BAKEOFF_DATA": str(settings.data.resolve()),
        "BAKEOFF_HOST": settings.host,
        "BAKEOFF_PORT": str(settings.port),
        "PYTHONUNBUFFERED": "1",
    }
    # A group of their own: Ctrl-C reaches only us, and we stop them in order.
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "service", command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT if log else None,
        process_group=0,
    )


def _stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(started: Running) -> None:
    deadline = time.monotonic() + START_SECONDS
    with Client(started.url, timeout=5) as client:
        while not client.is_ready():
            if started.find_ended() or time.monotonic() > deadline:
                raise StartError("service and worker did not start; see the lines above or logs")
            time.sleep(0.1)


def _log_file(stack: ExitStack, folder: Path | None, name: str) -> IO[bytes] | None:
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    return stack.enter_context((folder / f"{name}.log").open("ab"))
