"""Only the worker that holds a job writes about it, and an epoch is accepted once."""

import pytest
from sqlalchemy import Engine, func, select

from tests.workers.queueing import (
    LATER,
    LEASE,
    NOW,
    claim,
    end_abandoned,
    enqueue,
    held,
    job,
    record,
)
from workers.queue import jobs, leases
from workers.queue.leases import Lease, LeaseLostError
from workers.storage import metrics
from workers.storage.database import transaction
from workers.storage.tables import JobStatus, Metric


def test_a_job_whose_worker_is_silent_is_taken_over_and_the_old_worker_writes_nothing(
    database: Engine,
) -> None:
    enqueue(database)
    first = held(database)
    record(database, first, 1, loss=0.5)
    assert claim(database, NOW + LEASE) is None

    second = held(database, LATER)

    assert second == Lease(first.job_id, first.token + 1)
    for write in (
        lambda session: leases.record_progress(session, first, {"phase": "training"}),
        lambda session: leases.renew(session, first, now=LATER, duration=LEASE),
        lambda session: leases.succeed(session, first, result={}, now=LATER),
        lambda session: leases.fail(session, first, error="no", now=LATER),
        lambda session: leases.confirm_cancelled(session, first, now=LATER),
        lambda session: leases.release(session, first, now=LATER, counts=True),
    ):
        with pytest.raises(LeaseLostError), transaction(database) as session:
            write(session)
    with pytest.raises(LeaseLostError):
        record(database, first, 2, loss=0.4)
    found = job(database, first.job_id)
    assert (found.status, found.epoch, found.checkpoint) == (JobStatus.RUNNING, 1, "c1")


def test_epochs_are_accepted_once_and_in_order(database: Engine) -> None:
    enqueue(database)
    lease = held(database)
    record(database, lease, 1, loss=0.5)

    for wrong in (1, 3, 0):
        with pytest.raises(LeaseLostError):
            record(database, lease, wrong, loss=0.1)
    record(database, lease, 2, loss=float("nan"))

    with transaction(database, read_only=True) as session:
        kept = metrics.of_jobs(session, [lease.job_id])[lease.job_id]
    assert kept == {1: {"loss": 0.5}, 2: {"loss": None}}


def test_an_epoch_is_kept_whole_or_not_at_all(database: Engine) -> None:
    enqueue(database)
    lease = held(database)

    def fail_half_way() -> None:
        with transaction(database) as session:
            leases.record_epoch(
                session, lease, epoch=1, values={"loss": 1.0}, checkpoint="c1", now=NOW
            )
            raise RuntimeError("the power fails here")

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert job(database, lease.job_id).epoch == 0
    with transaction(database, read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Metric)) == 0


def test_a_job_given_back_after_somebody_cancelled_it_is_cancelled(database: Engine) -> None:
    job_id = enqueue(database)
    lease = held(database)
    with transaction(database) as session:
        jobs.cancel(session, job_id, now=NOW)
        leases.release(session, lease, now=LATER, counts=False)

    found = job(database, job_id)
    assert (found.status, found.finished_at) == (JobStatus.CANCELLED, LATER)


def test_a_beat_keeps_the_lease(database: Engine) -> None:
    enqueue(database)
    lease = held(database)

    with transaction(database) as session:
        leases.renew(session, lease, now=LATER, duration=LEASE)

    assert claim(database, LATER) is None
    assert end_abandoned(database, LATER) == []
