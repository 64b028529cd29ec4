"""The queue: every job ends once, whatever happens, and only who holds it writes about it."""

import threading
from datetime import timedelta

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
from workers.queue import claims, events, jobs, leases
from workers.queue.jobs import JobStateError
from workers.queue.leases import Lease, LeaseLostError
from workers.storage import metrics
from workers.storage.database import transaction
from workers.storage.tables import MAX_ATTEMPTS, Event, JobStatus, Metric


def test_jobs_are_taken_by_priority_then_by_age(database: Engine) -> None:
    old = enqueue(database, now=NOW)
    young = enqueue(database, now=NOW + timedelta(seconds=1))
    urgent = enqueue(database, priority=5, now=NOW + timedelta(seconds=2))

    taken = [lease.job_id for lease in iter(lambda: claim(database), None)]

    assert taken == [urgent, old, young]


def test_many_workers_at_once_never_take_the_same_job(database: Engine) -> None:
    wanted = {enqueue(database) for _ in range(40)}
    taken: list[str] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        while lease := claim(database):
            taken.append(lease.job_id)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert sorted(taken) == sorted(wanted)


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


def test_a_dead_workers_job_is_taken_over_at_once_and_before_the_queue(database: Engine) -> None:
    enqueue(database)
    first = held(database)
    enqueue(database, priority=9)

    with transaction(database) as session:
        assert claims.holders(session) == {first: "w"}
        taken = claims.claim(session, worker="v", now=NOW, duration=LEASE, dead_workers={"w"})

    assert taken
    assert Lease(taken.id, taken.token) == Lease(first.job_id, first.token + 1)


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


def test_a_job_that_kills_every_worker_fails_in_the_end(database: Engine) -> None:
    job_id = enqueue(database)
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        held(database, now)
        now += timedelta(minutes=1)

    assert claim(database, now) is None
    assert end_abandoned(database, now) == [job_id]
    found = job(database, job_id)
    assert found.status == JobStatus.FAILED
    assert "worker died" in (found.error or "")


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_by_its_worker(
    database: Engine,
) -> None:
    first, second = enqueue(database), enqueue(database, now=LATER)
    lease = held(database)
    with transaction(database) as session:
        running, waiting = (jobs.cancel(session, one, now=NOW) for one in (first, second))

    assert (running.status, running.cancel_requested) == (JobStatus.RUNNING, True)
    assert (waiting.status, waiting.finished_at) == (JobStatus.CANCELLED, NOW)
    with transaction(database) as session:
        leases.confirm_cancelled(session, lease, now=LATER)
    assert job(database, first).status == JobStatus.CANCELLED


def test_a_cancelled_job_whose_worker_died_ends_cancelled(database: Engine) -> None:
    job_id = enqueue(database)
    held(database)
    with transaction(database) as session:
        jobs.cancel(session, job_id, now=NOW)

    assert claim(database, LATER) is None
    assert end_abandoned(database, LATER) == [job_id]
    assert job(database, job_id).status == JobStatus.CANCELLED


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


def test_claiming_uses_the_indexes_made_for_it(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table of no rows without an index")
    with database.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
            for query in (
                "SELECT id FROM jobs WHERE jobs.status = 'queued'"
                " ORDER BY priority DESC, created_at, id LIMIT 1",
                "SELECT id FROM jobs WHERE jobs.status = 'running' AND lease_expires_at < 'x'",
            )
        ]

    assert "ix_jobs_queued" in str(plans[0])
    assert "TEMP B-TREE" not in str(plans[0])
    assert "ix_jobs_running" in str(plans[1])


def test_events_come_in_order_and_from_where_one_has_read(database: Engine) -> None:
    job_id = enqueue(database)
    lease = held(database)
    record(database, lease, 1, loss=0.5)
    with transaction(database) as session:
        leases.succeed(session, lease, result={}, now=NOW)

    with transaction(database, read_only=True) as session:
        whole: list[Event] = events.after(session, job_id, 0)
        rest = events.after(session, job_id, whole[1].id)

    assert [(one.kind, one.data.get("status")) for one in whole] == [
        ("status", "queued"),
        ("status", "running"),
        ("epoch", None),
        ("status", "succeeded"),
    ]
    assert [one.id for one in rest] == [one.id for one in whole[2:]]
