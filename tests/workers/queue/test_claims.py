"""How workers get jobs: no two take the same, and those of dead workers are taken over."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.event import listen

from tests.workers.queueing import (
    LATER,
    LEASE,
    NOW,
    claim,
    end_abandoned,
    enqueue,
    held,
    job,
)
from workers.queue import claims, jobs
from workers.queue.leases import Lease
from workers.storage.database import transaction
from workers.storage.tables import MAX_ATTEMPTS, JobStatus


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
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(taken) == sorted(wanted)


def test_a_dead_workers_job_is_taken_over_at_once_and_before_the_queue(database: Engine) -> None:
    enqueue(database)
    first = held(database)
    enqueue(database, priority=9)

    with transaction(database) as session:
        assert claims.holders(session) == {first: "w"}
        taken = claims.claim(session, worker="v", now=NOW, duration=LEASE, dead_workers={"w"})

    assert taken
    assert Lease(taken.id, taken.token) == Lease(first.job_id, first.token + 1)


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


def test_a_cancelled_job_whose_worker_died_ends_cancelled(database: Engine) -> None:
    job_id = enqueue(database)
    held(database)
    with transaction(database) as session:
        jobs.cancel(session, job_id, now=NOW)

    assert claim(database, LATER) is None
    assert end_abandoned(database, LATER) == [job_id]
    assert job(database, job_id).status == JobStatus.CANCELLED


def test_claiming_uses_the_indexes_made_for_it(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table of no rows without an index")
    sent: list[tuple[str, Any]] = []
    listen(database, "before_cursor_execute", lambda *event: sent.append((event[2], event[3])))
    for background in (False, True):
        with transaction(database) as session:
            claims.claim(session, worker="w", now=NOW, duration=LEASE, background=background)

    with database.connect() as connection:
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters).all())
            for query, parameters in sent
            if query.startswith("UPDATE jobs")
        ]

    assert len(plans) == 2
    assert all("ix_jobs_running" in plan for plan in plans)
    assert "ix_jobs_queued" in plans[0]
    assert "ix_jobs_beside" in plans[1]
    assert not any("TEMP B-TREE" in plan for plan in plans)
