"""Faults of the disk, one by one: what comes of a job meanwhile."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.faults.faults import Installation, at, raising
from tests.faults.simulated_training import EPOCHS
from workers import crash_points
from workers.crash_points import CrashPoint
from workers.queue import claims, jobs, leases
from workers.storage import artifacts, durable_files
from workers.storage.database import transaction
from workers.storage.tables import MAX_ATTEMPTS, JobStatus


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
    assert "the disk is full where" in str(job.error)
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


def test_an_artifact_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    flush = os.fsync

    def fsync(descriptor: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "file")
        flush(descriptor)

    monkeypatch.setattr(durable_files.os, "fsync", fsync)
    with crash_points.inject(at(CrashPoint.RENAME, lambda: done.append("rename"))):
        artifacts.ArtifactStore(str(tmp_path)).put("new/one", b"content")

    assert done == ["folder", "file", "rename", "folder"]
