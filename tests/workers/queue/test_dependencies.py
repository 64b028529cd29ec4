"""A job that waits for another starts when that has ended, however it did."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.statements import record_statements
from tests.workers.queueing import NOW, claim, enqueue, held, job
from workers.queue import claims, dependencies, leases
from workers.queue.jobs import JobRequest
from workers.storage.database import transaction
from workers.storage.kind_names import FEATURES, TRAIN
from workers.storage.tables import Job, JobStatus

BACKBONE = {"pretrained": True, "resolution": 64}
HEAD: dict[str, Any] = {**BACKBONE, "train": "head", "drop_rate": 0.0}


def request(**fields: Any) -> JobRequest:
    values = {"architecture": "timm/a", "options": HEAD, "recipe": {}, "recipe_hash": "0"}
    return JobRequest(TRAIN, "digits", **(values | fields))


def enqueue_heads(database: Engine, *requests: JobRequest) -> list[Job]:
    with transaction(database) as session:
        return dependencies.enqueue_trainings(session, requests, now=NOW)


def cancel(database: Engine, job_id: str) -> None:
    with transaction(database) as session:
        dependencies.cancel(session, job_id, now=NOW)


def all_jobs(database: Engine) -> list[Job]:
    with transaction(database, read_only=True) as session:
        return list(session.scalars(select(Job).order_by(Job.created_at)))


def test_heads_on_the_same_features_wait_for_one_job_that_computes_them(database: Engine) -> None:
    heads = enqueue_heads(
        database,
        request(seed=0),
        request(seed=1, options={**HEAD, "hidden_units": 8}),
        request(options={**HEAD, "resolution": 32}),
        request(architecture="cnn", options={}),
        request(options={**BACKBONE}),
    )

    first, second, *trainings = all_jobs(database)
    assert [job.id for job in trainings] == [head.id for head in heads]
    assert (first.kind, first.architecture, first.options) == (FEATURES, "timm/a", BACKBONE)
    assert second.options["resolution"] == 32
    expected = [first.id, first.id, second.id, None, None]
    assert [job.depends_on for job in trainings] == expected
    assert first.comparison_id is None


def test_a_head_waits_until_its_features_have_ended_and_others_overtake_it(
    database: Engine,
) -> None:
    [head] = enqueue_heads(database, request())
    other = enqueue(database, now=NOW + timedelta(seconds=1))

    features = held(database)
    assert job(database, features.job_id).kind == FEATURES
    assert held(database).job_id == other
    assert claim(database) is None
    with transaction(database, read_only=True) as session:
        assert not claims.is_any_waiting(session, background=False)
    with transaction(database) as session:
        leases.succeed(session, features, result={}, now=NOW)

    assert held(database).job_id == head.id


@pytest.mark.parametrize("end", ["fails", "is cancelled", "is gone"])
def test_a_head_starts_however_its_features_end(database: Engine, end: str) -> None:
    [head] = enqueue_heads(database, request())
    features = held(database)
    with transaction(database) as session:
        if end == "fails":
            leases.fail(session, features, error="no weights", now=NOW)
        elif end == "is cancelled":
            leases.confirm_cancelled(session, features, now=NOW)
        else:
            waiting = session.get(Job, head.id)
            assert waiting
            waiting.depends_on = "gone"

    assert held(database).job_id == head.id


def test_with_the_last_head_that_waits_its_features_are_cancelled(database: Engine) -> None:
    first, second = enqueue_heads(database, request(seed=0), request(seed=1))
    features = str(first.depends_on)

    cancel(database, first.id)
    assert job(database, features).status == JobStatus.QUEUED
    cancel(database, second.id)

    assert job(database, features).status == JobStatus.CANCELLED


def test_features_that_run_are_stopped_when_nothing_waits_for_them(database: Engine) -> None:
    [head] = enqueue_heads(database, request())
    features = held(database)

    cancel(database, head.id)

    assert job(database, features.job_id).cancel_requested


def test_a_long_queue_behind_running_features_is_passed_over_quickly(database: Engine) -> None:
    """By the plan of the query, which does not depend on the speed of a machine."""
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table of no rows without an index")
    enqueue_heads(database, *(request(seed=seed) for seed in range(3)))
    held(database)
    with record_statements(database) as statements:
        assert claim(database) is None
    [(query, parameters)] = [each for each in statements if each.text.startswith("UPDATE jobs")]

    with database.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters).all()
    plan = str(rows)

    assert "ix_jobs_queued" in plan
    assert "sqlite_autoindex_jobs_1 (id=?)" in plan
    assert "SCAN jobs_1" not in plan
    assert "TEMP B-TREE" not in plan


def test_heads_that_are_asked_for_later_wait_for_the_same_job_until_it_has_ended(
    database: Engine,
) -> None:
    [first], [second] = (enqueue_heads(database, request(seed=seed)) for seed in (0, 1))
    features = held(database)
    [third] = enqueue_heads(database, request(seed=2))
    [urgent] = enqueue_heads(database, request(seed=3, priority=1))
    with transaction(database) as session:
        leases.succeed(session, features, result={}, now=NOW)
    [late] = enqueue_heads(database, request(seed=4))

    assert {job.depends_on for job in (first, second, third)} == {features.job_id}
    assert features.job_id not in {urgent.depends_on, late.depends_on}
