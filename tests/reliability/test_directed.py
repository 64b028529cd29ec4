"""Faults one by one: each as it happens to people, and what comes of it."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from tests.reliability.crashing import InTurn
from tests.reliability.simulated_training import EPOCHS, simulated
from workers import artifacts, crash_points, events, jobs, leases, patience, train_job
from workers import database as database_module
from workers.crash_points import CrashPoint
from workers.database import engine, sqlite_module, transaction
from workers.executors.local import LocalExecutor
from workers.jobs import Job, JobKind, JobRequest, JobStatus
from workers.migrate import upgrade
from workers.run import run_job
from workers.settings import Settings
from workers.worker import Worker

#: For how long the database is really locked; `make reliability` takes a minute.
LOCKED_SECONDS = float(os.environ.get("LOCKED_SECONDS", "1"))


class Installation:
    """A database, a data folder, and a worker that takes a turn when told to."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder, device="cpu", lease_seconds=30)
        upgrade(self.settings.resolved_database_url)
        self.database = engine(self.settings.resolved_database_url)

    def enqueue(self) -> str:
        with transaction(self.database) as session:
            asked = JobRequest(
                JobKind.TRAIN, "none", "chain", recipe={"epochs": EPOCHS}, recipe_hash="0"
            )
            return jobs.enqueue(session, asked, now=datetime.now(UTC)).id

    def worker(self) -> Worker:
        return Worker(self.settings, InTurn(self.settings))

    def job(self, job_id: str) -> Job:
        with transaction(self.database, read_only=True) as session:
            return jobs.get(session, job_id)

    def statuses(self, job_id: str) -> list[str]:
        with transaction(self.database, read_only=True) as session:
            told = events.after(session, job_id, 0)
        return [one.data["status"] for one in told if one.kind == "status"]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    monkeypatch.setattr(patience, "PAUSES", (0.0,) * 5)
    made = Installation(tmp_path / "data")
    with simulated(train_job):
        yield made
    made.database.dispose()


def at(point: CrashPoint, act: Callable[[], None], times: int = 1) -> Callable[[CrashPoint], None]:
    """A hook that acts at the first passes by a point."""
    left = [times]

    def hook(reached: CrashPoint) -> None:
        if reached == point and left[0]:
            left[0] -= 1
            act()

    return hook


def raising(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def test_a_full_disk_is_waited_for_and_costs_no_attempt(installation: Installation) -> None:
    job_id = installation.enqueue()
    full = at(CrashPoint.FSYNC, raising(OSError(28, "No space left on device")), times=4)

    with crash_points.disturb(full):
        installation.worker().run_once()

    job = installation.job(job_id)
    assert (job.status, job.attempts, job.epoch) == (JobStatus.SUCCEEDED, 1, EPOCHS)


def test_a_disk_that_stays_full_ends_the_attempts_and_keeps_what_was_accepted(
    installation: Installation,
) -> None:
    job_id = installation.enqueue()
    full = at(CrashPoint.FSYNC, raising(OSError(28, "No space left on device")), times=10_000)
    worker = installation.worker()

    with crash_points.disturb(full):
        worker.take_turn()
        for _ in range(jobs.MAX_ATTEMPTS - 1):
            with pytest.raises(OSError, match="No space"):
                worker.take_turn()
            with transaction(installation.database) as session:  # as after the process's end
                held = next(iter(leases.holders(session)))
                leases.release(session, held, now=datetime.now(UTC), counts=True)
            worker = installation.worker()
            worker.take_turn()
        worker.take_turn()

    job = installation.job(job_id)
    assert job.status == JobStatus.FAILED
    assert "No space left on device" in str(job.error)
    with transaction(installation.database) as session:
        jobs.retry(session, job_id, now=datetime.now(UTC))
    installation.worker().run_once()
    assert installation.job(job_id).status == JobStatus.SUCCEEDED


def test_a_full_disk_under_the_database_is_a_refusal_and_what_was_acknowledged_stays(
    installation: Installation,
) -> None:
    kept = installation.enqueue()
    with installation.database.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))  # of this connection, pooled
    with pytest.raises(OperationalError, match="full"):
        [installation.enqueue() for _ in range(1000)]
    installation.database.dispose()

    assert installation.job(kept).status == JobStatus.QUEUED
    with installation.database.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    installation.enqueue()


def test_a_worker_goes_on_when_a_locked_database_answers_again(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = installation.enqueue()
    locked = raising(OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked")))
    worker, stop = installation.worker(), threading.Event()

    def stop_when_ended(_: float) -> None:
        with installation.database.connect() as connection:
            if connection.execute(select(Job.finished_at)).scalar_one():
                stop.set()

    monkeypatch.setattr(stop, "wait", stop_when_ended)
    with crash_points.disturb(at(CrashPoint.COMMIT, locked, times=6)):
        worker.run_forever(stop)

    job = installation.job(job_id)
    assert (job.status, job.epoch) == (JobStatus.SUCCEEDED, EPOCHS)
    assert installation.statuses(job_id)[-1] == "succeeded"


@pytest.mark.parametrize("point", [CrashPoint.BEGIN, CrashPoint.WRITE])  # of worker, of training
def test_a_database_that_somebody_really_keeps_locked_costs_no_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: CrashPoint
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", min(10, LOCKED_SECONDS / 8))
    monkeypatch.setattr(patience, "PAUSES", (LOCKED_SECONDS / 8,) * 60)
    installation = Installation(tmp_path / "data")
    job_id = installation.enqueue()
    worker, stop = installation.worker(), threading.Event()
    holder = sqlite_module().connect(
        tmp_path / "data" / "bakeoff.db", isolation_level=None, check_same_thread=False
    )
    refused: list[str] = []

    def lock() -> None:
        holder.execute("BEGIN IMMEDIATE")
        threading.Timer(LOCKED_SECONDS, holder.rollback).start()

    def look(_: float) -> None:
        if installation.job(job_id).finished_at:
            stop.set()

    def note(context: ExceptionContext) -> None:
        refused.append(str(context.original_exception))

    monkeypatch.setattr(stop, "wait", look)
    event.listen(installation.database, "handle_error", note)
    with simulated(train_job), crash_points.disturb(at(point, lock)):
        worker.run_forever(stop)
    holder.close()
    installation.database.dispose()

    job = installation.job(job_id)
    assert (job.status, job.attempts, job.epoch) == (JobStatus.SUCCEEDED, 1, EPOCHS)
    assert set(refused) == {"database is locked"}


def test_a_claim_whose_answer_was_lost_is_given_back_at_once_and_counts_for_nothing(
    installation: Installation,
) -> None:
    job_id = installation.enqueue()
    worker = installation.worker()
    worker._beat(datetime.now(UTC))
    lost = raising(OperationalError("COMMIT", None, Exception("connection lost")))

    with (
        crash_points.disturb(_at_nth(CrashPoint.COMMITTED, 2, lost)),
        pytest.raises(OperationalError),
    ):
        worker.take_turn()
    assert installation.job(job_id).status == JobStatus.RUNNING
    worker.take_turn()
    worker.run_once()

    job = installation.job(job_id)
    assert (job.status, job.attempts, job.token) == (JobStatus.SUCCEEDED, 1, 2)


def _at_nth(point: CrashPoint, nth: int, act: Callable[[], None]) -> Callable[[CrashPoint], None]:
    passes = [0]

    def hook(reached: CrashPoint) -> None:
        passes[0] += reached == point
        if reached == point and passes[0] == nth:
            act()

    return hook


STARTING = [CrashPoint.START, CrashPoint.STARTED]
STOPPING = [CrashPoint.STOP, CrashPoint.STOPPED]


@pytest.mark.parametrize("point", STARTING + STOPPING)
def test_a_job_is_cancelled_in_every_phase(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, point: CrashPoint
) -> None:
    job_id = installation.enqueue()
    worker = installation.worker()

    def cancel() -> None:
        with transaction(installation.database) as session:
            jobs.cancel(session, job_id, now=datetime.now(UTC))

    with crash_points.disturb(at(point, cancel)):
        worker.take_turn()
        monkeypatch.setattr(worker._executor, "poll", list)  # the training goes on for long
        if point in STOPPING:
            worker.shut_down()
        else:
            worker.take_turn()

    job = installation.job(job_id)
    assert (job.status, job.epoch) == (JobStatus.CANCELLED, 0)
    assert job.finished_at


@pytest.mark.parametrize("point", [CrashPoint.WRITE, CrashPoint.RENAME, CrashPoint.DELETE])
def test_a_training_that_ends_before_its_worker_can_stop_it_has_succeeded(
    installation: Installation, point: CrashPoint
) -> None:
    job_id = installation.enqueue()

    def cancel() -> None:
        with transaction(installation.database) as session:
            jobs.cancel(session, job_id, now=datetime.now(UTC))

    with crash_points.disturb(at(point, cancel)):
        installation.worker().run_once()

    assert installation.statuses(job_id) == ["queued", "running", "succeeded"]


def test_a_job_that_kills_its_worker_each_time_stops_and_the_queue_goes_on(
    installation: Installation,
) -> None:
    deadly = installation.enqueue()
    for _ in range(jobs.MAX_ATTEMPTS):
        worker = installation.worker()
        worker.take_turn()
        worker._alive.let_go()  # killed
    harmless = installation.enqueue()

    installation.worker().run_once()

    assert "its worker died each time" in str(installation.job(deadly).error)
    assert installation.job(harmless).status == JobStatus.SUCCEEDED


def test_a_stalled_worker_that_wakes_after_its_lease_writes_nothing(
    installation: Installation,
) -> None:
    job_id = installation.enqueue()
    zombie = installation.worker()
    zombie.take_turn()
    (held,) = zombie._running
    with transaction(installation.database) as session:
        session.execute(
            Job.__table__.update().values(lease_expires_at=datetime(2000, 1, 1, tzinfo=UTC))
        )
    installation.worker().run_once()
    before = installation.job(job_id)
    assert (before.status, before.token) == (JobStatus.SUCCEEDED, 2)

    with pytest.raises(leases.LeaseLostError):
        run_job(installation.settings, held)

    assert vars(installation.job(job_id)).items() >= {"token": 2, "epoch": EPOCHS}.items()


def test_two_workers_on_one_gpu_start_one_job_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    settings = Settings(data=tmp_path, device="auto")
    first, second = LocalExecutor(settings), LocalExecutor(settings)

    assert first.reserve()
    assert second.reserve()  # the other GPU
    third = LocalExecutor(settings)
    assert not third.reserve()
    first.unreserve()
    assert third.reserve()
    for one in (second, third):
        one.unreserve()


def test_an_artifact_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    flush = os.fsync

    def fsync(descriptor: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file")
        flush(descriptor)

    monkeypatch.setattr(artifacts.os, "fsync", fsync)
    with crash_points.disturb(at(CrashPoint.RENAME, lambda: done.append("rename"))):
        artifacts.ArtifactStore(str(tmp_path)).put("new/one", b"content")

    assert done == ["folder", "file", "rename", "folder"]


def test_a_writer_that_reads_first_is_not_failed_by_another_writer(
    installation: Installation,
) -> None:
    """In a deferred transaction SQLite would refuse the write at once: BUSY_SNAPSHOT."""
    job_id = installation.enqueue()
    between = threading.Event()
    failed: list[Exception] = []

    def other() -> None:
        try:
            installation.enqueue()
        except OperationalError as error:
            failed.append(error)
        between.set()

    writer = threading.Thread(target=other)
    with transaction(installation.database) as session:
        session.scalars(select(Job.id)).all()
        writer.start()
        between.wait(0.3)
        session.execute(Job.__table__.update().where(Job.id == job_id).values(priority=1))
    writer.join()

    assert failed == []
    assert installation.job(job_id).priority == 1
