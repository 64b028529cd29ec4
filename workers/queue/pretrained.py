"""The pretrained weights that jobs are bound to: all trainings of a comparison start from the same."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from workers.queue import leases
from workers.queue.leases import Lease
from workers.storage.ready_datasets import lock_files
from workers.storage.tables import UNFINISHED, ComparisonJob, Job

Pretrained = dict[str, Any]  # as `Job.pretrained`


def bind(session: Session, lease: Lease, found: Pretrained) -> Pretrained:
    """Bind a job to the weights that it has found, and with it the trainings that it is compared with.

    Returns those that it is bound to: another job of its comparison may have been faster, and have
    found others. LeaseLostError.
    """
    lock_files(session)
    job = session.get_one(Job, lease.job_id, populate_existing=True)
    bound = job.pretrained or found
    leases.record_pretrained(session, lease, bound)
    beside = _trainings_beside(session, job)
    awaited = select(Job).where(Job.id.in_({each.depends_on for each in beside}))
    for other in (*beside, *session.scalars(awaited.options(_without_result()))):
        if other.id != job.id and other.pretrained is None and other.status in UNFINISHED:
            other.pretrained = bound
    return bound


def bind_alike(session: Session, jobs: Sequence[Job]) -> None:
    """Bind trainings that have not found their weights yet to those of the same network beside them."""
    known = [job for job in jobs if job.pretrained]
    for job in jobs:
        if job.pretrained or not job.options.get("pretrained"):
            continue
        job.pretrained = next((each.pretrained for each in known if _is_alike(each, job)), None)
        awaited = session.get(Job, job.depends_on) if job.depends_on else None
        if awaited and awaited.pretrained is None and awaited.status in UNFINISHED:
            awaited.pretrained = job.pretrained


def bound_beside(session: Session, job: Job) -> Pretrained | None:
    """The weights that the trainings beside a job in a comparison have started from, or will."""
    for other in _trainings_beside(session, job):
        goes_on = other.epoch > 0 or other.status in UNFINISHED
        if other.id != job.id and other.pretrained and goes_on:
            return other.pretrained
    return None


def _trainings_beside(session: Session, job: Job) -> list[Job]:
    """The trainings of the job's comparisons that ask for the same weights of the same network.

    A job that computes features has the comparisons of those that wait for it.
    """
    concerned = set(session.scalars(select(Job.id).where(Job.depends_on == job.id))) | {job.id}
    made = select(Job.comparison_id).where(Job.id.in_(concerned), Job.comparison_id.is_not(None))
    joined = select(ComparisonJob.comparison_id).where(ComparisonJob.job_id.in_(concerned))
    comparisons = {*session.scalars(made), *session.scalars(joined)}
    members = select(ComparisonJob.job_id).where(ComparisonJob.comparison_id.in_(comparisons))
    query = select(Job).where(
        Job.comparison_id.in_(comparisons) | Job.id.in_(members) | Job.id.in_(concerned),
        Job.architecture == job.architecture,
        Job.id != job.id,
    )
    query = query.options(_without_result()).order_by(Job.created_at, Job.id)
    return [other for other in session.scalars(query) if _is_alike(other, job)]


def _is_alike(job: Job, other: Job) -> bool:
    """Whether two jobs ask for the same weights of the same network."""
    asked, of_other = (each.options.get("pretrained") for each in (job, other))
    return job.architecture == other.architecture and asked == of_other


def _without_result() -> Any:
    """Leaves out the column that is large."""
    return defer(Job.result)
