"""What is deleted is marked for a day with all that goes with it, and refused while anything needs it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select, text, update

from tests.waiting import until
from tests.workers.deletion.records import add_comparison, add_job, add_model, compare, quantise
from tests.workers.queueing import NOW
from workers.deletion import deleting
from workers.deletion.deleting import LatestError, NeededError, NotRestorableError
from workers.queue import comparisons, dependencies, jobs
from workers.queue.comparable import IncomparableJobsError
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction
from workers.storage.deletions import KEPT, DeletedError, Record
from workers.storage.kind_names import FEATURES, LATENCY
from workers.storage.tables import Comparison, Job, JobStatus, Model


@pytest.fixture
def artifacts(tmp_path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path / "artifacts"))


def delete(database: Engine, table: type[Record], record_id: str) -> None:
    with transaction(database) as session:
        deleting.delete(session, table, record_id)


def restore(database: Engine, table: type[Record], record_id: str) -> None:
    with transaction(database) as session:
        assert deleting.restore(session, table, record_id)


def why_not(database: Engine, table: type[Record], record_id: str) -> str:
    """Why a row is not deleted; nothing is marked, and a preview says the same."""
    with pytest.raises(NeededError) as refusal:
        delete(database, table, record_id)
    assert deleted(database) == set()
    with transaction(database, read_only=True) as session:
        assert deleting.preview(session, table, record_id).need == str(refusal.value)
    return str(refusal.value)


def deleted(database: Engine) -> set[str]:
    """The ids of all rows that are marked."""
    with transaction(database, read_only=True) as session:
        return {
            record_id
            for table in (Comparison, Job, Model)
            for record_id in session.scalars(select(table.id).where(table.deleted_at.is_not(None)))
        }


def test_a_comparison_goes_with_its_jobs_and_their_models_and_comes_back_with_them(
    database: Engine, artifacts: ArtifactStore
) -> None:
    comparison, ids = add_comparison(database)
    model = add_model(database, artifacts, ids[0])
    latency = add_job(database, kind=LATENCY, model_id=model)
    other = add_job(database)

    delete(database, Comparison, comparison)
    assert deleted(database) == {comparison, *ids, model, latency}
    with transaction(database, read_only=True) as session:
        listed = [job.id for job in jobs.find(session, {}, limit=10).items]
        assert comparisons.find(session, limit=10).items == []
        assert trained_models.find(session, {}, limit=10).items == []
        assert jobs.get(session, "latest").id == other
    assert listed == [other]

    restore(database, Comparison, comparison)
    assert deleted(database) == set()


def test_a_job_that_another_comparison_compares_stays(database: Engine) -> None:
    comparison, ids = add_comparison(database)
    other = compare(database, ids[:1])

    delete(database, Comparison, comparison)

    assert deleted(database) == {comparison, ids[1]}
    with transaction(database, read_only=True) as session:
        shared = comparisons.jobs_of(session, comparisons.get(session, other))
    assert [job.id for job in shared] == ids[:1]


def test_a_comparison_of_jobs_that_it_did_not_make_goes_alone(database: Engine) -> None:
    job_id = add_job(database)
    comparison = compare(database, [job_id])

    delete(database, Comparison, comparison)

    assert deleted(database) == {comparison}


def test_a_model_goes_without_its_training_and_an_int8_model_with_its_job(
    database: Engine, artifacts: ArtifactStore
) -> None:
    job_id = add_job(database)
    model = add_model(database, artifacts, job_id)
    int8 = quantise(database, artifacts, model)

    delete(database, Model, int8)
    assert deleted(database) == {int8, int8.removeprefix("m")}
    delete(database, Model, model)
    assert deleted(database) == {int8, int8.removeprefix("m"), model}


def test_what_is_needed_is_not_deleted_and_the_refusal_says_by_what(
    database: Engine, artifacts: ArtifactStore
) -> None:
    job_id = add_job(database)
    model = add_model(database, artifacts, job_id)
    int8 = quantise(database, artifacts, model)
    for table, record_id in ((Job, job_id), (Model, model)):
        assert why_not(database, table, record_id) == (
            f"model '{int8}' was quantised from model '{model}'; delete that first"
        )

    with transaction(database) as session:
        trained_models.set_alias(session, "champion", int8, engine=None, now=NOW)
    for table, record_id in ((Job, int8[1:]), (Model, int8)):
        assert why_not(database, table, record_id) == (
            f"alias 'champion' stands for model '{int8}'; let it stand for another first"
        )

    comparison = compare(database, [job_id])
    for table, record_id in ((Job, job_id), (Model, model)):
        assert why_not(database, table, record_id) == (
            f"comparison '{comparison}' (digits: cnn) needs job '{job_id}'; delete that first"
        )


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_an_unfinished_job_and_what_it_needs_are_not_deleted(
    database: Engine, artifacts: ArtifactStore, status: JobStatus
) -> None:
    job_id = add_job(database)
    model = add_model(database, artifacts, job_id)
    latency = add_job(database, kind=LATENCY, model_id=model)
    comparison, [own] = add_comparison(database, num_seeds=1)
    with transaction(database) as session:
        session.execute(update(Job).where(Job.id.in_([latency, own])).values(status=status))

    for table, record_id, unfinished in (
        (Job, latency, latency),
        (Job, job_id, latency),
        (Model, model, latency),
        (Comparison, comparison, own),
    ):
        assert why_not(database, table, record_id) == (
            f"job '{unfinished}' is {status}; cancel it, or wait for it"
        )


def test_a_job_whose_features_a_head_waits_for_or_was_compared_on_is_not_deleted(
    database: Engine,
) -> None:
    features = add_job(database, kind=FEATURES)
    head = add_job(database)
    comparison, [compared] = add_comparison(database, num_seeds=1)
    with transaction(database) as session:
        session.get_one(Job, compared).depends_on = features
        session.get_one(Job, head).depends_on = features
        session.get_one(Job, head).status = JobStatus.QUEUED
    assert comparison in why_not(database, Job, features)
    delete(database, Comparison, comparison)
    restore(database, Comparison, comparison)
    with transaction(database) as session:
        session.get_one(Job, compared).depends_on = None

    waits = f"job '{head}' waits for job '{features}'; cancel it, or wait for it"
    assert why_not(database, Job, features) == waits


def test_a_head_that_is_tried_again_does_not_wait_for_a_deleted_job(database: Engine) -> None:
    features = add_job(database, kind=FEATURES)
    head = add_job(database)
    options = {"pretrained": True, "resolution": 8, "train": "head"}
    with transaction(database) as session:
        row = session.get_one(Job, head)
        row.depends_on, row.status, row.options = features, JobStatus.FAILED, options
    delete(database, Job, features)

    with transaction(database) as session:
        retried = dependencies.retry(session, head, now=NOW)
        assert retried.depends_on not in {features, None}


def test_what_is_deleted_can_be_used_for_nothing_new(
    database: Engine, artifacts: ArtifactStore
) -> None:
    job_id = add_job(database)
    model = add_model(database, artifacts, job_id)
    delete(database, Job, job_id)

    with transaction(database) as session:
        with pytest.raises(IncomparableJobsError, match="was deleted; until"):
            compare(database, [job_id])
        with pytest.raises(DeletedError, match=f"was deleted, with '{job_id}'"):
            trained_models.set_alias(session, "champion", model, engine=None, now=NOW)
        for change in (jobs.retry, jobs.cancel):
            with pytest.raises(DeletedError):
                change(session, job_id, now=NOW)
        with pytest.raises(DeletedError):
            deleting.delete(session, Job, job_id)


def test_what_went_with_something_else_is_restored_with_that(
    database: Engine, artifacts: ArtifactStore
) -> None:
    job_id = add_job(database)
    model = add_model(database, artifacts, job_id)
    delete(database, Job, job_id)

    with pytest.raises(NotRestorableError, match=f"was deleted with '{job_id}'; restore that"):
        restore(database, Model, model)


def test_what_refers_to_something_deleted_is_restored_after_it(
    database: Engine, artifacts: ArtifactStore
) -> None:
    job_id = add_job(database)
    model = add_model(database, artifacts, job_id)
    int8 = quantise(database, artifacts, model)
    latency = add_job(database, kind=LATENCY, model_id=model)
    comparison = compare(database, [job_id])
    for table, record_id in (
        (Comparison, comparison),
        (Model, int8),
        (Job, latency),
        (Model, model),
        (Job, job_id),
    ):
        delete(database, table, record_id)

    for table, record_id, missing in (
        (Comparison, comparison, f"job '{job_id}'"),
        (Model, int8, f"model '{model}'"),
        (Job, latency, f"model '{model}'"),
        (Model, model, f"job '{job_id}'"),
    ):
        with pytest.raises(NotRestorableError, match=f"refers to {missing}, which is deleted"):
            restore(database, table, record_id)
    for table, record_id in ((Job, job_id), (Model, model), (Comparison, comparison)):
        restore(database, table, record_id)
    for table, record_id in ((Model, int8), (Job, latency)):
        restore(database, table, record_id)
    assert deleted(database) == set()


def test_only_what_is_deleted_is_restored_and_only_within_a_day(database: Engine) -> None:
    job_id = add_job(database)
    with pytest.raises(NotRestorableError, match="is not deleted"):
        restore(database, Job, job_id)
    delete(database, Job, job_id)
    with transaction(database) as session:
        row = session.get_one(Job, job_id)
        assert row.deleted_at
        row.deleted_at -= KEPT

    with pytest.raises(DeletedError, match="deleted for good"):
        restore(database, Job, job_id)


def test_the_latest_is_not_deleted_by_that_name(database: Engine) -> None:
    add_job(database)
    with pytest.raises(LatestError):
        delete(database, Job, "latest")


def test_a_job_that_is_just_tried_again_is_not_deleted(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = add_job(database)

    # On PostgreSQL another transaction may queue it after the look for needs.
    monkeypatch.setattr(deleting, "first_need", lambda *_: None)
    with transaction(database) as session:
        session.get_one(Job, job_id).status = JobStatus.QUEUED
    with pytest.raises(NeededError, match="has just been queued again"):
        delete(database, Job, job_id)
    assert deleted(database) == set()


def test_a_comparison_that_comes_while_its_job_is_deleted_is_refused(database: Engine) -> None:
    if database.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    job_id = add_job(database)
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

    def is_waiting() -> bool:
        with database.connect() as connection:
            return connection.execute(waiting).scalar_one() == 1

    with ThreadPoolExecutor() as threads:
        with transaction(database) as session:
            deleting.delete(session, Job, job_id)
            session.flush()
            compared = threads.submit(compare, database, [job_id])
            until(is_waiting)
        with pytest.raises(IncomparableJobsError, match="was deleted"):
            compared.result()
