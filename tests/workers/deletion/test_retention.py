"""Trainings that nothing needs are deleted by age or by size, oldest first, and can be restored."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from tests.workers.deletion.records import add_comparison, add_job, add_model, compare, quantise
from tests.workers.queueing import NOW
from workers.deletion import deleting
from workers.deletion.retention import apply_retention
from workers.storage import labels, trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction, utc_now
from workers.storage.tables import Job, JobStatus, Model

BYTES = 12  # of the three files of a job


@pytest.fixture
def artifacts(tmp_path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path / "artifacts"))


def trained(database: Engine, artifacts: ArtifactStore, days_ago: float) -> str:
    job_id = add_job(database)
    add_model(database, artifacts, job_id)
    with transaction(database) as session:
        session.get_one(Job, job_id).finished_at = utc_now() - timedelta(days=days_ago)
    return job_id


def deleted(database: Engine) -> set[str]:
    with transaction(database, read_only=True) as session:
        return set(session.scalars(select(Job.id).where(Job.deleted_at.is_not(None))))


def test_without_limits_nothing_is_deleted(database: Engine, artifacts: ArtifactStore) -> None:
    trained(database, artifacts, days_ago=1000)

    apply_retention(database, artifacts, days=0, max_bytes=0)

    assert deleted(database) == set()


def test_what_ended_too_long_ago_is_deleted_and_told_and_can_be_restored(
    database: Engine, artifacts: ArtifactStore, caplog: pytest.LogCaptureFixture
) -> None:
    old, _ = (trained(database, artifacts, days) for days in (31, 29))

    with caplog.at_level(logging.INFO):
        apply_retention(database, artifacts, days=30, max_bytes=0)

    assert deleted(database) == {old}
    assert f"job {old} (12 bytes) is deleted: it ended more than 30 days ago" in caplog.text
    with transaction(database) as session:
        assert deleting.restore(session, Job, old)
        assert trained_models.get(session, f"m{old}")


def test_the_oldest_are_deleted_while_all_take_too_much(
    database: Engine, artifacts: ArtifactStore
) -> None:
    ids = [trained(database, artifacts, days) for days in (1, 4, 2, 3)]

    apply_retention(database, artifacts, days=0, max_bytes=2 * BYTES)
    assert deleted(database) == {ids[1], ids[3]}

    apply_retention(database, artifacts, days=0, max_bytes=2 * BYTES)
    assert deleted(database) == {ids[1], ids[3]}


def test_what_something_needs_stays_whatever_its_age_and_size(
    database: Engine, artifacts: ArtifactStore
) -> None:
    tagged, model_tagged, aliased, compared, original = (
        trained(database, artifacts, days_ago=1000) for _ in range(5)
    )
    add_comparison(database)
    compare(database, [compared])
    int8 = quantise(database, artifacts, f"m{original}")
    with transaction(database) as session:
        labels.change(session.get_one(Job, tagged), {"tags": ["keep"]})
        labels.change(session.get_one(Model, f"m{model_tagged}"), {"tags": ["a", "keep"]})
        for alias, model in (("a", f"m{aliased}"), ("b", int8)):
            trained_models.set_alias(session, alias, model, engine=None, now=NOW)
    waiting = add_job(database)
    with transaction(database) as session:
        session.get_one(Job, waiting).status = JobStatus.QUEUED

    apply_retention(database, artifacts, days=1, max_bytes=1)

    assert deleted(database) == set()


def test_a_tag_that_only_begins_alike_keeps_nothing(
    database: Engine, artifacts: ArtifactStore
) -> None:
    job_id = trained(database, artifacts, days_ago=2)
    with transaction(database) as session:
        labels.change(session.get_one(Job, job_id), {"tags": ["keeper"]})

    apply_retention(database, artifacts, days=1, max_bytes=0)

    assert deleted(database) == {job_id}
