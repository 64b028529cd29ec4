"""Removes for good what was deleted a day ago: rows first, then the files that they named.

The transaction that removes the rows notes the files, so a crash at any moment leaves no row without
its files and no file that nobody will remove: the next sweep goes on.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Delete, Engine, delete, select, union_all, update
from sqlalchemy.orm import Session

from workers.deletion.belongings import Belongings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import database_now, transaction
from workers.storage.deletions import KEPT, Record, lock_records
from workers.storage.ready_datasets import first_job_at
from workers.storage.tables import (
    AliasVersion,
    Comparison,
    ComparisonJob,
    Event,
    FirstJob,
    IdempotencyKey,
    Job,
    Metric,
    Model,
    RemovedArtifact,
)

logger = logging.getLogger(__name__)


def sweep(database: Engine, artifacts: ArtifactStore, *, now: datetime | None = None) -> None:
    """Remove what was deleted longer than KEPT before `now`, which is the time of the database."""
    with transaction(database, read_only=True) as session:
        roots = _due(session, now or database_now(session))
    for root in roots:
        _remove_histories(database, root)
        with transaction(database) as session:
            lock_records(session)
            _remove_rows(session, root)
        logger.info("'%s', which was deleted, and all that went with it are removed", root)
    _remove_artifacts(database, artifacts)


def _due(session: Session, now: datetime) -> list[str]:
    """The ids of what was deleted and can no longer be restored, oldest deletion first."""
    tables: tuple[type[Record], ...] = (Comparison, Job, Model)
    due = [
        select(table.deleted_at, table.id).where(
            table.deleted_with == table.id, table.deleted_at <= now - KEPT
        )
        for table in tables
    ]
    return [
        record_id for _, record_id in session.execute(union_all(*due).order_by("deleted_at", "id"))
    ]


def _remove_histories(database: Engine, root: str) -> None:
    """Remove metrics and events, which are many, in a short transaction for each job."""
    with transaction(database, read_only=True) as session:
        jobs = session.scalars(select(Job.id).where(Job.deleted_with == root)).all()
    for job_id in jobs:
        with transaction(database) as session:
            session.execute(delete(Metric).where(Metric.job_id == job_id))
            session.execute(delete(Event).where(Event.job_id == job_id))


def _remove_rows(session: Session, root: str) -> None:
    """Remove the rows that went with `root`, and note the files that nothing names any more."""
    of_root = select(Comparison.id).where(Comparison.deleted_with == root)
    comparisons = session.scalars(of_root).all()
    jobs = session.scalars(select(Job.id).where(Job.deleted_with == root)).all()
    # A model that was deleted before its job has gone already, unless a clock was put back.
    of_jobs = Model.job_id.in_(jobs) & Model.deleted_at.is_not(None)
    models = session.scalars(select(Model.id).where((Model.deleted_with == root) | of_jobs)).all()
    gone = Belongings(comparisons, jobs, models)
    _remember_first_job(session)
    session.add_all(RemovedArtifact(path=path) for path in gone.artifacts())
    session.flush()
    _clear_references(session, gone)
    for statement in _removals(gone):
        session.execute(statement.execution_options(synchronize_session=False))


def _removals(gone: Belongings) -> Iterator[Delete]:
    """The statements that remove rows, those that refer to others first."""
    of_comparisons = ComparisonJob.comparison_id.in_(gone.comparisons)
    made = IdempotencyKey.resource_id.in_([*gone.jobs, *gone.comparisons])
    yield delete(AliasVersion).where(AliasVersion.model_id.in_(gone.models))
    yield delete(IdempotencyKey).where(made)
    yield delete(ComparisonJob).where(ComparisonJob.job_id.in_(gone.jobs) | of_comparisons)
    yield delete(Metric).where(Metric.job_id.in_(gone.jobs))
    yield delete(Event).where(Event.job_id.in_(gone.jobs))
    yield delete(Model).where(Model.id.in_(gone.models))
    yield delete(Job).where(Job.id.in_(gone.jobs))
    yield delete(Comparison).where(Comparison.id.in_(gone.comparisons))


def _clear_references(session: Session, gone: Belongings) -> None:
    """Rows that stay refer to none of those that go: jobs shared with another comparison, and the like."""
    trained = select(Model.job_id).where(Model.id.in_(gone.models), Model.job_id.not_in(gone.jobs))
    for job in session.scalars(select(Job).where(Job.id.in_(trained))):
        job.result = {**(job.result or {}), "model_id": None}
    session.flush()
    for column, ids in ((Job.comparison_id, gone.comparisons), (Job.depends_on, gone.jobs)):
        statement = update(Job).where(column.in_(ids)).values({column: None})
        session.execute(statement.execution_options(synchronize_session=False))


def _remember_first_job(session: Session) -> None:
    """Files are cleared away by whether they are younger than the first job, whose row may go now."""
    first = first_job_at(session)
    if first and session.scalar(select(FirstJob.created_at)) is None:
        session.add(FirstJob(created_at=first))


def _remove_artifacts(database: Engine, artifacts: ArtifactStore) -> None:
    with transaction(database, read_only=True) as session:
        paths: Sequence[str] = session.scalars(select(RemovedArtifact.path)).all()
    for path in paths:
        artifacts.delete(path)
        with transaction(database) as session:
            session.execute(delete(RemovedArtifact).where(RemovedArtifact.path == path))
