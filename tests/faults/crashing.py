"""Every crash point × {SIGKILL, exception, SIGSTOP for two leases}.

Each in a real process with a real database and real files, and a second worker that finishes the job.
"""

import contextlib
import functools
import itertools
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from tests.faults.history import Ending, Happened, violations
from tests.faults.in_turn import InTurn
from tests.faults.simulated_training import EPOCHS, bits, simulated, weights
from tests.migrated import migrate
from tests.postgresql import new_database
from tests.waiting import until
from workers import crash_points
from workers.crash_points import CrashPoint
from workers.kinds import train
from workers.queue import events, jobs
from workers.queue.jobs import JobRequest
from workers.running.worker import Worker
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import FINAL, Job, Model

ALEMBIC = threading.Lock()  # it is not made for threads
LEASE_SECONDS = 1.0  # a disk that is busy may hold up a write for half a second
AT_ONCE = 4  # they mostly wait for leases
ONCE = {
    CrashPoint.START,
    CrashPoint.STARTED,
    CrashPoint.STOP,
    CrashPoint.STOPPED,
}  # a process comes by
SHUTTING_DOWN = {CrashPoint.STOP, CrashPoint.STOPPED}


class Crash(NamedTuple):
    """A fault at the `pass_`-th time a process comes by a point."""

    point: CrashPoint
    fault: str  # "SIGKILL", "SIGSTOP" or "exception"
    pass_: int


class Survived(NamedTuple):
    """What came of a crash."""

    crash: Crash
    reached: bool
    violations: list[str]
    epochs_redone: int


def crashes(passes: Iterable[int]) -> list[Crash]:
    """All of them; a new crash point is in it by being there."""
    return [
        Crash(point, fault, pass_)
        for point, fault in itertools.product(CrashPoint, ["SIGKILL", "exception", "SIGSTOP"])
        for pass_ in ([1] if point in ONCE else passes)
    ]


def survive(crash: Crash, *, host: str | None = None) -> Survived:
    """Let a worker crash, another one finish, and look at the history.

    On SQLite, or in a database of its own on the PostgreSQL server at `host`.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            data=Path(folder),
            device="cpu",
            lease_seconds=LEASE_SECONDS,
            database_url=new_database(host) if host else "",
        )
        with ALEMBIC:
            migrate(settings.resolved_database_url)
        database = open_database(settings.resolved_database_url)
        request = JobRequest(
            TRAIN, "none", "chain", recipe={"epochs": EPOCHS}, recipe_hash="0", seed=5
        )
        with transaction(database) as session:
            job_id = jobs.enqueue(session, request, now=datetime.now(UTC)).id
        reached = _crash_and_finish(settings, crash)
        trained = Path(folder, "trained")
        num_trained = len(trained.read_text()) if trained.exists() else 0
        try:
            redone = max(0, num_trained - EPOCHS)
            return Survived(crash, reached, _wrong(settings, job_id), redone)
        finally:
            database.dispose()


def _crash_and_finish(settings: Settings, crash: Crash) -> bool:
    """Run a worker that crashes and one that finishes; whether the crash came about."""
    reached = settings.data / "reached"
    context = multiprocessing.get_context("forkserver")
    first = context.Process(target=work, args=(settings, crash))
    first.start()
    until(lambda: reached.exists() or not first.is_alive(), seconds=600)
    second = context.Process(target=work, args=(settings, None))
    second.start()
    if crash.fault == "SIGSTOP" and first.pid:
        time.sleep(2 * LEASE_SECONDS)
        with contextlib.suppress(ProcessLookupError):  # it never came by so often, and ended
            os.kill(first.pid, signal.SIGCONT)
    first.join()
    second.join()
    return reached.exists()


def work(settings: Settings, crash: Crash | None) -> None:
    """A worker's process: run jobs until all have ended, or crash on the way."""
    logging.disable(logging.CRITICAL)
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - of a process that ends with it
    hook = functools.partial(_crash_at, crash, settings.data / "reached", itertools.count(1))
    with simulated(train, settings.data / "trained"), crash_points.inject(hook):
        worker = Worker(settings, InTurn(settings))
        worker.take_turn()
        while not (crash and crash.point in SHUTTING_DOWN) and not _all_ended(settings):
            worker.take_turn()
            time.sleep(0.02)
        worker.shut_down()


def _crash_at(crash: Crash | None, reached: Path, passes: Iterator[int], point: CrashPoint) -> None:
    if crash is None or point != crash.point or next(passes) != crash.pass_:
        return
    reached.touch()
    if crash.fault == "exception":
        raise OSError("planted")  # in a job: no verdict on it; in a worker: its end
    os.kill(os.getpid(), signal.Signals[crash.fault])


def _all_ended(settings: Settings) -> bool:
    with open_database(settings.resolved_database_url).connect() as connection:
        statuses = connection.execute(select(Job.status)).scalars().all()
    return all(status in FINAL for status in statuses)


def _wrong(settings: Settings, job_id: str) -> list[str]:
    with transaction(open_database(settings.resolved_database_url), read_only=True) as session:
        job = jobs.get(session, job_id)
        history = [
            Happened(event.id, event.kind, event.token, event.data)
            for event in events.list_after(session, job_id, 0)
        ]
        model = session.scalars(select(Model)).one_or_none()
    wrong = violations(history, Ending(str(job.status), job.epoch, job.max_attempts))
    if model is None:
        return [*wrong, f"no model: {job.status}, {job.error}"]
    store = ArtifactStore(settings.resolved_artifacts_url)
    if store.get(model.weights, sha256=model.weights_sha256) != weights(bits(5, EPOCHS)):
        wrong.append("other bits")
    return wrong


def survive_all(passes: Iterable[int], *, host: str | None = None) -> list[Survived]:
    """Every crash, some at once; `passes`: how often a process comes by before it crashes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # or every process would import torch anew
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(functools.partial(survive, host=host), crashes(passes)))
