"""Jobs are cancelled and retried where they stand so."""

import pytest
from sqlalchemy import Engine

from tests.workers.queueing import (
    LATER,
    NOW,
    enqueue,
    held,
    job,
    record,
)
from workers.queue import jobs, leases
from workers.queue.jobs import JobStateError
from workers.storage.database import transaction
from workers.storage.tables import JobStatus


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_by_its_worker(
    database: Engine,
) -> None:
    first, second = enqueue(database), enqueue(database, now=LATER)
    lease = held(database)
    with transaction(database) as session:
        running, waiting = (jobs.cancel(session, job_id, now=NOW) for job_id in (first, second))

    assert (running.status, running.cancel_requested) == (JobStatus.RUNNING, True)
    assert (waiting.status, waiting.finished_at) == (JobStatus.CANCELLED, NOW)
    with transaction(database) as session:
        leases.confirm_cancelled(session, lease, now=LATER)
    assert job(database, first).status == JobStatus.CANCELLED


def test_a_retried_job_goes_on_from_its_checkpoint_with_all_its_attempts(database: Engine) -> None:
    job_id = enqueue(database)
    lease = held(database)
    record(database, lease, 1, loss=0.5)
    with transaction(database) as session:
        leases.fail(session, lease, error="a reason", now=NOW)
    with transaction(database) as session:
        jobs.retry(session, job_id, now=LATER)

    found = job(database, job_id)
    assert (found.status, found.attempts, found.error) == (JobStatus.QUEUED, 0, None)
    assert (found.epoch, found.checkpoint) == (1, "c1")
    record(database, held(database, LATER), 2, loss=0.4)


def test_a_job_that_has_not_ended_is_not_retried_and_an_ended_one_not_cancelled(
    database: Engine,
) -> None:
    job_id = enqueue(database)
    with pytest.raises(JobStateError, match="neither failed"), transaction(database) as session:
        jobs.retry(session, job_id, now=NOW)
    lease = held(database)
    with transaction(database) as session:
        leases.succeed(session, lease, result={}, now=NOW)

    with pytest.raises(JobStateError, match="has ended"), transaction(database) as session:
        jobs.cancel(session, job_id, now=NOW)
    with pytest.raises(JobStateError, match="neither failed"), transaction(database) as session:
        jobs.retry(session, job_id, now=NOW)
