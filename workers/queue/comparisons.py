"""Comparisons: one dataset, one recipe, several architectures, several seeds, and their jobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workers.errors import BakeoffError
from workers.queue import jobs
from workers.queue.comparable import IncomparableJobsError, entries, refuse_incomparable
from workers.queue.jobs import Job, JobKind, JobNotFoundError, JobRequest, JobStatus
from workers.storage.database import Base, UtcDateTime
from workers.storage.ids import new_id
from workers.storage.pages import LATEST, Page, page

LONGEST_NAME = 100
WHAT = ("name", "dataset", "architectures", "recipe", "recipe_hash", "seeds")  # is compared


class Comparison(Base):
    """What is compared; how it goes follows from its jobs."""

    __tablename__ = "comparisons"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    dataset: Mapped[str]
    architectures: Mapped[list[Any]]  # of {"name", "label", "options"}
    recipe: Mapped[dict[str, Any]]
    recipe_hash: Mapped[str]
    seeds: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ComparisonJob(Base):
    """A job that a comparison was made of. Those it made itself name it in `Job.comparison_id`."""

    __tablename__ = "comparison_jobs"

    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.id"), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)


@dataclass(frozen=True)
class ComparisonRequest:
    """What to compare, checked at the door."""

    name: str
    dataset: str
    architectures: list[dict[str, Any]]
    recipe: dict[str, Any]
    recipe_hash: str
    seeds: list[int]
    priority: int = 0


class ComparisonNotFoundError(BakeoffError):
    """There is no such comparison."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, comparison_id: str) -> None:
        super().__init__(f"there is no comparison '{comparison_id}'")


class SameArchitectureError(BakeoffError):
    """Two entries of a comparison are the same network."""


def create(session: Session, request: ComparisonRequest, *, now: datetime) -> Comparison:
    """Keep a comparison and enqueue its jobs, seed by seed, so that every network soon has a result.

    Raises SameArchitectureError where two entries have the same name and options.
    """
    _refuse_twins(request.architectures)
    comparison = _kept(session, {name: getattr(request, name) for name in WHAT}, now)
    pairs = [(seed, entry) for seed in request.seeds for entry in request.architectures]
    for position, (seed, entry) in enumerate(pairs):
        job = JobRequest(
            kind=JobKind.TRAIN,
            dataset=request.dataset,
            architecture=entry["name"],
            options=entry["options"],
            recipe=request.recipe,
            recipe_hash=request.recipe_hash,
            seed=seed,
            priority=request.priority,
            comparison_id=comparison.id,
        )
        # A microsecond apart: the queue's order is that of creation.
        jobs.enqueue(session, job, now=now + timedelta(microseconds=position))
    return comparison


def gather(
    session: Session,
    job_ids: Sequence[str],
    *,
    name: str = "",
    current_sha256: Callable[[str], str | None],
    now: datetime,
) -> Comparison:
    """Keep a comparison of jobs that are there, whatever made them; none is enqueued.

    `current_sha256` gives the content of a dataset as it is now. Raises IncomparableJobsError where
    a job is not there or more than architecture and seed differs, JobStateError where one has ended
    without a result.
    """
    found = _found(session, job_ids)
    first = found[0]
    refuse_incomparable(found, current_sha256(first.dataset))
    architectures = entries(found)
    what = {
        "name": name or default_name(first.dataset, architectures),
        "dataset": first.dataset,
        "architectures": architectures,
        "recipe": first.recipe,
        "recipe_hash": first.recipe_hash,
        "seeds": list(dict.fromkeys(job.seed for job in found)),
    }
    comparison = _kept(session, what, now)
    session.add_all(ComparisonJob(comparison_id=comparison.id, job_id=job.id) for job in found)
    session.flush()
    return comparison


def default_name(dataset: str, architectures: Sequence[dict[str, Any]]) -> str:
    """What a comparison is called by default."""
    return f"{dataset}: {', '.join(entry['label'] for entry in architectures)}"[:LONGEST_NAME]


def jobs_of(session: Session, comparison: Comparison) -> list[Job]:
    """The jobs of a comparison, in the order they were made."""
    return jobs_of_each(session, [comparison])[comparison.id]


def jobs_of_each(session: Session, found: Sequence[Comparison]) -> dict[str, list[Job]]:
    """Comparison id → its jobs, in the order they were made; one query each way for all of them."""
    ids = [comparison.id for comparison in found]
    made = select(Job.comparison_id, Job).where(Job.comparison_id.in_(ids))
    gathered = (
        select(ComparisonJob.comparison_id, Job)
        .join(Job, Job.id == ComparisonJob.job_id)
        .where(ComparisonJob.comparison_id.in_(ids))
    )
    its_jobs: dict[str, dict[str, Job]] = {comparison_id: {} for comparison_id in ids}
    for query in (made, gathered):
        for comparison_id, job in session.execute(query):
            its_jobs[str(comparison_id)][job.id] = job
    return {
        comparison_id: sorted(jobs.values(), key=lambda job: (job.created_at, job.id))
        for comparison_id, jobs in its_jobs.items()
    }


def _found(session: Session, job_ids: Sequence[str]) -> list[Job]:
    try:
        return [jobs.get(session, job_id) for job_id in job_ids]
    except JobNotFoundError as error:
        raise IncomparableJobsError(str(error)) from None


def _kept(session: Session, what: dict[str, Any], now: datetime) -> Comparison:
    comparison = Comparison(id=new_id(), created_at=now, **what)
    session.add(comparison)
    session.flush()
    return comparison


def _refuse_twins(entries: list[dict[str, Any]]) -> None:
    for index, entry in enumerate(entries):
        for other in entries[:index]:
            if (entry["name"], entry["options"]) == (other["name"], other["options"]):
                raise SameArchitectureError(
                    f"'{other['label']}' and '{entry['label']}' are the same architecture with the"
                    " same options; each is compared once, over as many seeds as you like"
                )


def get(session: Session, comparison_id: str) -> Comparison:
    """One comparison; `latest` is the newest. Raises ComparisonNotFoundError."""
    query = select(Comparison).where(Comparison.id == comparison_id)
    if comparison_id == LATEST:
        newest = select(Comparison).order_by(Comparison.created_at.desc(), Comparison.id.desc())
        query = newest.limit(1)
    comparison = session.scalars(query).one_or_none()
    if comparison is None:
        raise ComparisonNotFoundError(comparison_id)
    return comparison


def find(session: Session, *, limit: int, cursor: str | None = None) -> Page[Comparison]:
    """Comparisons, newest first."""
    return page(session, select(Comparison), Comparison, limit=limit, cursor=cursor)


def status(jobs_of_it: Sequence[Job]) -> JobStatus:
    """How a comparison stands: succeeded when every job ended and at least one succeeded."""
    present = {job.status for job in jobs_of_it}
    if present == {JobStatus.QUEUED}:
        return JobStatus.QUEUED
    if present & {JobStatus.QUEUED, JobStatus.RUNNING}:
        return JobStatus.RUNNING
    for ending in (JobStatus.SUCCEEDED, JobStatus.FAILED):
        if ending in present:
            return ending
    return JobStatus.CANCELLED
