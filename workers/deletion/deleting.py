"""Deletes rows so that they can be restored for a day, and restores them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workers.deletion.belongings import Belongings, belongings_of
from workers.deletion.needs import first_need
from workers.errors import BakeoffError
from workers.queue import comparisons, jobs
from workers.storage import trained_models
from workers.storage.database import database_now
from workers.storage.deletions import KEPT, KINDS, DeletedError, Record, lock_records
from workers.storage.pages import LATEST
from workers.storage.tables import FINAL, Comparison, ComparisonJob, Job, Model

AnyRecord = TypeVar("AnyRecord", Job, Comparison, Model)

GET: dict[type[Record], Callable[[Session, str], Record]] = {
    Job: jobs.get,
    Comparison: comparisons.get,
    Model: trained_models.get,
}


class NeededError(BakeoffError):
    """Something needs what was to be deleted."""

    status = HTTPStatus.CONFLICT


class NotRestorableError(BakeoffError):
    """It is not deleted, or something that it refers to is."""

    status = HTTPStatus.CONFLICT


class LatestError(BakeoffError):
    """A deletion names what it means."""

    def __init__(self) -> None:
        super().__init__(f"'{LATEST}' may soon be another; delete by id")


class Preview(NamedTuple):
    """What a deletion would take along, and why it would be refused; None: it would not."""

    going: Belongings
    need: str | None


def preview(session: Session, table: type[Record], record_id: str) -> Preview:
    """What deleting a row would do. Raises what the look-up of the row raises."""
    going = belongings_of(session, GET[table](session, record_id))
    return Preview(going, first_need(session, going))


def delete(session: Session, table: type[Record], record_id: str) -> None:
    """Mark a row and what goes with it as deleted.

    Raises NeededError where something needs any of it, LatestError, and what the look-up raises.
    """
    if record_id == LATEST:
        raise LatestError
    lock_records(session)
    record = GET[table](session, record_id)
    going = belongings_of(session, record)
    if need := first_need(session, going):
        raise NeededError(need)
    now = database_now(session)
    for marked, ids in going.rows():
        query = update(marked).where(marked.id.in_(ids), marked.deleted_at.is_(None))
        if marked is Job:  # somebody may just be trying one again
            query = query.where(Job.status.in_(FINAL))
        values = {"deleted_at": now, "deleted_with": record.id}
        found = session.scalars(query.values(**values).returning(marked.id)).all()
        if len(found) < len(ids):
            raise NeededError(f"a job of {KINDS[table]} '{record.id}' has just been queued again")


def restore(session: Session, table: type[AnyRecord], record_id: str) -> AnyRecord | None:
    """Bring a deleted row back with all that went with it; None where there is no such row.

    Raises DeletedError where the day is over, NotRestorableError where the row is not deleted, or
    refers to one that is.
    """
    lock_records(session)
    record = session.scalars(select(table).where(table.id == record_id)).one_or_none()
    if record is None:
        return None
    name = f"{KINDS[table]} '{record.id}'"
    if record.deleted_at is None:
        raise NotRestorableError(f"{name} is not deleted")
    if record.deleted_with != record.id:
        raise NotRestorableError(
            f"{name} was deleted with '{record.deleted_with}'; restore that instead"
        )
    if record.deleted_at + KEPT <= database_now(session):
        raise DeletedError(record, record.deleted_at)
    if missing := _missing(session, record.id):
        raise NotRestorableError(
            f"{name} refers to {missing}, which is deleted; restore that first"
        )
    for each in (Comparison, Job, Model):
        restored = update(each).where(each.deleted_with == record.id)
        session.execute(restored.values(deleted_at=None, deleted_with=None))
    session.refresh(record)
    return record


def _missing(session: Session, root: str) -> str | None:
    """What rows that went with `root` refer to, and what was deleted by itself."""
    jobs = select(Job.id).where(Job.deleted_with == root)
    models = select(Model).where(Model.deleted_with == root).subquery()
    comparisons = select(Comparison.id).where(Comparison.deleted_with == root)
    compared = select(ComparisonJob.job_id).where(ComparisonJob.comparison_id.in_(comparisons))
    own = select(Job.id).where(Job.comparison_id.in_(comparisons))
    needed_jobs = Job.id.in_(compared) | Job.id.in_(own) | Job.id.in_(select(models.c.job_id))
    about = select(Job.model_id).where(Job.id.in_(jobs))
    needed_models = Model.id.in_(about) | Model.id.in_(select(models.c.quantised_from))
    for table, is_needed in ((Job, needed_jobs), (Model, needed_models)):
        query = select(table.id).where(is_needed, table.deleted_with != root)
        if (found := session.scalar(query.limit(1))) is not None:
            return f"{KINDS[table]} '{found}'"
    return None
