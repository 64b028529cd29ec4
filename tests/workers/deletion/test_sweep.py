"""After a day rows and files go for good, whatever crashes on the way, and nothing else goes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.workers.deletion.records import (
    add_comparison,
    add_job,
    add_model,
    compare,
    files,
    quantise,
    rows,
)
from tests.workers.queueing import NOW
from workers.crash_points import CrashPoint, inject
from workers.deletion import deleting
from workers.deletion.sweep import sweep
from workers.queue import comparisons, events, idempotency
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction, utc_now
from workers.storage.deletions import KEPT, Record
from workers.storage.ready_datasets import first_job_at
from workers.storage.tables import Comparison, Job, Model


class PlantedError(Exception):
    """A crash."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "artifacts"


@pytest.fixture
def artifacts(folder: Path) -> ArtifactStore:
    return ArtifactStore(str(folder))


def delete(database: Engine, table: type[Record], record_id: str) -> None:
    with transaction(database) as session:
        deleting.delete(session, table, record_id)


def crash_at(number: int) -> Callable[[CrashPoint], None]:
    """A hook that raises when a process comes by a crash point for the `number`-th time."""
    left = [number]

    def hook(point: CrashPoint) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise PlantedError(point)

    return hook


def in_a_day() -> datetime:
    return utc_now() + KEPT + timedelta(minutes=1)


def test_nothing_goes_before_the_day_is_over(
    database: Engine, artifacts: ArtifactStore, folder: Path
) -> None:
    job_id = add_job(database)
    add_model(database, artifacts, job_id)
    delete(database, Job, job_id)
    before = rows(database), files(folder)

    sweep(database, artifacts)
    sweep(database, artifacts, now=utc_now() + KEPT - timedelta(minutes=1))

    assert (rows(database), files(folder)) == before


def test_a_comparison_goes_with_its_rows_and_files_and_what_stays_refers_to_none_of_it(
    database: Engine, artifacts: ArtifactStore, folder: Path
) -> None:
    comparison, [own, shared] = add_comparison(database)
    for job_id in (own, shared):
        add_model(database, artifacts, job_id)
    other = compare(database, [shared])
    with transaction(database) as session:
        for key, made in (("a", comparison), ("b", other)):
            idempotency.remember(session, key, "", made, now=NOW)
        for model in (f"m{own}", f"m{shared}"):
            trained_models.set_alias(session, "champion", model, engine=None, now=NOW)
    delete(database, Comparison, comparison)

    sweep(database, artifacts, now=in_a_day())

    assert rows(database) == {
        "comparisons": 1,
        "jobs": 1,
        "models": 1,
        "comparison_jobs": 1,
        "metrics": 1,
        "events": 1,
        "aliases": 1,
        "alias_versions": 1,
        "idempotency_keys": 1,
        "first_job": 1,
    }
    assert files(folder) == {f"models/m{shared}", f"predictions/{shared}", f"checkpoints/{shared}"}
    with transaction(database, read_only=True) as session:
        [job] = comparisons.jobs_of(session, comparisons.get(session, other))
        assert job.comparison_id is None


def test_events_that_come_after_the_newest_have_gone_get_later_ids(
    database: Engine, artifacts: ArtifactStore
) -> None:
    """Whoever follows events asks for those after the last id that he has seen."""
    job_id = add_job(database)
    with transaction(database, read_only=True) as session:
        last_seen = events.newest_id(session)
    delete(database, Job, job_id)
    sweep(database, artifacts, now=in_a_day())

    add_job(database)

    with transaction(database, read_only=True) as session:
        assert events.list_between(session, last_seen, None, limit=1)


def test_a_training_whose_model_has_gone_names_none(
    database: Engine, artifacts: ArtifactStore
) -> None:
    job_id = add_job(database)
    delete(database, Model, add_model(database, artifacts, job_id))

    sweep(database, artifacts, now=in_a_day())

    with transaction(database, read_only=True) as session:
        assert session.get_one(Job, job_id).result == {"model_id": None, "dataset_sha256": "0"}


def test_an_int8_model_goes_and_the_weights_of_its_original_stay(
    database: Engine, artifacts: ArtifactStore, folder: Path
) -> None:
    job_id = add_job(database)
    model = add_model(database, artifacts, job_id)
    delete(database, Model, quantise(database, artifacts, model))

    sweep(database, artifacts, now=in_a_day())

    assert files(folder) == {f"models/{model}", f"predictions/{job_id}", f"checkpoints/{job_id}"}


def test_a_database_remembers_its_first_job_when_that_has_gone(
    database: Engine, artifacts: ArtifactStore
) -> None:
    delete(database, Job, add_job(database))
    sweep(database, artifacts, now=in_a_day())

    with transaction(database, read_only=True) as session:
        assert first_job_at(session) == NOW


def test_a_model_goes_with_its_job_though_a_clock_said_that_it_was_deleted_later(
    database: Engine, artifacts: ArtifactStore, folder: Path
) -> None:
    job_id = add_job(database)
    model = add_model(database, artifacts, job_id)
    for table, record_id in ((Model, model), (Job, job_id)):
        delete(database, table, record_id)
    with transaction(database) as session:
        session.get_one(Model, model).deleted_at = utc_now() + timedelta(hours=1)

    sweep(database, artifacts, now=in_a_day())

    assert rows(database) == {"first_job": 1}
    assert files(folder) == set()


def test_a_crash_at_any_moment_leaves_nothing_behind_and_takes_nothing_else(
    database: Engine, artifacts: ArtifactStore, folder: Path
) -> None:
    kept = add_job(database)
    add_model(database, artifacts, kept)
    before = rows(database), files(folder)
    num_crashes = 0
    while True:
        comparison, ids = add_comparison(database)
        for job_id in ids:
            add_model(database, artifacts, job_id)
        delete(database, Comparison, comparison)
        try:
            with inject(crash_at(num_crashes + 1)):
                sweep(database, artifacts, now=in_a_day())
            break
        except PlantedError:
            num_crashes += 1
            assert_nothing_dangles(database, folder)
        sweep(database, artifacts, now=in_a_day())
        after = rows(database)
        assert after.pop("first_job") == 1
        assert (after, files(folder)) == before
    assert num_crashes > 20


def assert_nothing_dangles(database: Engine, folder: Path) -> None:
    """Every model that is listed has its files, even where it is marked as deleted."""
    with transaction(database, read_only=True) as session:
        for model in session.query(Model):
            assert f"models/{model.id}" in files(folder)
