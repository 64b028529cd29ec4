"""Faults one by one, of the disk and of the database: what comes of a job meanwhile."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from tests.faults.faults import Installation, at, at_nth, raising
from tests.faults.simulated_training import EPOCHS, simulated
from workers import crash_points
from workers.crash_points import CrashPoint
from workers.kinds import train
from workers.queue import claims, jobs, leases
from workers.storage import artifacts, retries
from workers.storage import database as database_module
from workers.storage.database import sqlite_module, transaction
from workers.storage.tables import MAX_ATTEMPTS, Job, JobStatus

#: For how long the database is really locked; `make faults` takes a minute.
LOCKED_SECONDS = float(os.environ.get("LOCKED_SECONDS", "1"))


def test_a_full_disk_is_waited_for_and_costs_no_attempt(installation: Installation) -> None:
    job_id = installation.enqueue()
    full = at(CrashPoint.FSYNC, raising(OSError(28, "No space left on device")), times=4)

    with crash_points.inject(full):
        installation.worker().run_once()

    job = installation.job(job_id)
    assert (job.status, job.attempts, job.epoch) == (JobStatus.SUCCEEDED, 1, EPOCHS)


def test_a_disk_that_stays_full_ends_the_attempts_and_keeps_what_was_accepted(
    installation: Installation,
) -> None:
    job_id = installation.enqueue()
    full = at(CrashPoint.FSYNC, raising(OSError(28, "No space left on device")), times=10_000)
    worker = installation.worker()

    with crash_points.inject(full):
        worker.take_turn()
        for _ in range(MAX_ATTEMPTS - 1):
            with pytest.raises(OSError, match="No space"):
                worker.take_turn()
            with transaction(installation.database) as session:  # as after the process's end
                held = next(iter(claims.holders(session)))
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
    with crash_points.inject(at(CrashPoint.COMMIT, locked, times=6)):
        worker.run_forever(stop)

    job = installation.job(job_id)
    assert (job.status, job.epoch) == (JobStatus.SUCCEEDED, EPOCHS)
    assert installation.statuses(job_id)[-1] == "succeeded"


@pytest.mark.parametrize("point", [CrashPoint.BEGIN, CrashPoint.WRITE])  # of worker, of training
def test_a_database_that_somebody_really_keeps_locked_costs_no_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: CrashPoint
) -> None:
    monkeypatch.setattr(database_module, "BUSY_SECONDS", min(10, LOCKED_SECONDS / 8))
    monkeypatch.setattr(retries, "PAUSES", (LOCKED_SECONDS / 8,) * 60)
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
    with simulated(train), crash_points.inject(at(point, lock)):
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
        crash_points.inject(at_nth(CrashPoint.COMMITTED, 2, lost)),
        pytest.raises(OperationalError),
    ):
        worker.take_turn()
    assert installation.job(job_id).status == JobStatus.RUNNING
    worker.take_turn()
    worker.run_once()

    job = installation.job(job_id)
    assert (job.status, job.attempts, job.token) == (JobStatus.SUCCEEDED, 1, 2)


def test_an_artifact_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    flush = os.fsync

    def fsync(descriptor: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file")
        flush(descriptor)

    monkeypatch.setattr(artifacts.os, "fsync", fsync)
    with crash_points.inject(at(CrashPoint.RENAME, lambda: done.append("rename"))):
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
