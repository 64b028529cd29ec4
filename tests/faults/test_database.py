"""Faults of the database, one by one: what comes of a job meanwhile."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from tests.faults.faults import Installation, at, at_nth, raising
from tests.faults.simulated_training import EPOCHS, simulated
from workers import crash_points
from workers.crash_points import CrashPoint
from workers.kinds import train
from workers.storage import database as database_module
from workers.storage import retries
from workers.storage.database import sqlite_module, transaction
from workers.storage.tables import Job, JobStatus

#: For how long the database is really locked; `make faults` takes a minute.
LOCKED_SECONDS = float(os.environ.get("LOCKED_SECONDS", "1"))


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
