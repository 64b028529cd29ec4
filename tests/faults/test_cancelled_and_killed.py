"""Faults one by one, of workers and people: a job cancelled, killed, stalled, or wanted twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.faults import Installation, at
from tests.faults.simulated_training import EPOCHS
from workers import crash_points
from workers.crash_points import CrashPoint
from workers.queue import jobs, leases
from workers.running.executors.local import LocalExecutor
from workers.running.job_process import run_job
from workers.settings import Settings
from workers.storage.database import transaction
from workers.storage.tables import MAX_ATTEMPTS, Job, JobStatus

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

    with crash_points.inject(at(point, cancel)):
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

    with crash_points.inject(at(point, cancel)):
        installation.worker().run_once()

    assert installation.statuses(job_id) == ["queued", "running", "succeeded"]


@pytest.mark.parametrize("status", [JobStatus.SUCCEEDED, JobStatus.FAILED])
def test_a_process_that_has_written_how_its_job_ended_is_left_to_exit(
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    status: JobStatus,
) -> None:
    installation.enqueue()
    worker = installation.worker()
    monkeypatch.setattr(worker._executor, "poll", list)  # the process goes on for a moment
    worker.take_turn()
    (lease,) = worker._running
    with transaction(installation.database) as session:
        if status == JobStatus.FAILED:
            leases.fail(session, lease, error="its features lack", now=datetime.now(UTC))
        else:
            leases.succeed(session, lease, result={}, now=datetime.now(UTC))

    worker._beat(datetime.now(UTC))

    assert worker._running == [lease]
    assert "no longer ours" not in caplog.text


def test_a_job_that_kills_its_worker_each_time_stops_and_the_queue_goes_on(
    installation: Installation,
) -> None:
    deadly = installation.enqueue()
    for _ in range(MAX_ATTEMPTS):
        worker = installation.worker()
        worker.take_turn()
        worker._lock.release()  # killed
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
    for executor in (second, third):
        executor.unreserve()
