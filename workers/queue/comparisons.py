"""Comparisons: one dataset and recipe, several architectures, seeds and maybe folds, and their jobs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session, defer

from workers.errors import BakeoffError
from workers.queue.dependencies import enqueue_trainings
from workers.queue.jobs import JobRequest
from workers.storage import labels
from workers.storage.deletions import refuse_deleted
from workers.storage.ids import new_id
from workers.storage.kind_names import TRAIN
from workers.storage.pages import LATEST, Page, page
from workers.storage.tables import UNFINISHED, Comparison, ComparisonJob, Job, JobStatus, Model

MAX_NAME_LENGTH = 100


@dataclass(frozen=True)
class ComparisonRequest:
    """What to compare; whoever makes it has checked that it can be done."""

    name: str
    dataset: str
    architectures: list[dict[str, Any]]  # of {"name", "label", "options"}
    recipe: dict[str, Any]
    recipe_hash: str
    seeds: list[int]
    folds: int | None = None  # parts of the dataset that test in turn; None: its test split tests
    priority: int = 0
    #: Whether its jobs use the content that the dataset has now, and no other.
    pins_dataset: bool = True
    #: Label of an architecture → the weights that it starts from, where they are known already.
    pretrained: Mapping[str, dict[str, Any]] = field(default_factory=dict)


class ComparisonNotFoundError(BakeoffError):
    """There is no such comparison."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, comparison_id: str) -> None:
        super().__init__(f"there is no comparison '{comparison_id}'")


class SameArchitectureError(BakeoffError):
    """Two entries of a comparison are the same network."""


def create(
    session: Session, request: ComparisonRequest, *, now: datetime
) -> tuple[Comparison, list[Job]]:
    """Add a comparison and enqueue its jobs, seed by seed and fold by fold: each network soon has a result.

    Raises SameArchitectureError where two entries have the same name and options.
    """
    refuse_same_architecture(request.architectures)
    of_jobs = {"priority", "pins_dataset", "pretrained"}
    fields = {name: value for name, value in vars(request).items() if name not in of_jobs}
    comparison = Comparison(id=new_id(), created_at=now, **fields)
    labels.update_search_text(comparison)
    session.add(comparison)
    session.flush()  # before the jobs that refer to it
    requests = [
        JobRequest(
            kind=TRAIN,
            dataset=request.dataset,
            architecture=architecture["name"],
            options=architecture["options"],
            recipe=request.recipe,
            recipe_hash=request.recipe_hash,
            seed=seed,
            fold=fold,
            folds=request.folds,
            priority=request.priority,
            comparison_id=comparison.id,
            pins_dataset=request.pins_dataset,
            pretrained=request.pretrained.get(architecture["label"]),
        )
        for seed in request.seeds
        for fold in (range(1, request.folds + 1) if request.folds else [None])
        for architecture in request.architectures
    ]
    return comparison, enqueue_trainings(session, requests, now=now)


def get(session: Session, comparison_id: str) -> Comparison:
    """One comparison; `latest` is the newest. Raises ComparisonNotFoundError, DeletedError."""
    query = select(Comparison).where(Comparison.id == comparison_id)
    if comparison_id == LATEST:
        newest = select(Comparison).where(Comparison.deleted_at.is_(None))
        query = newest.order_by(Comparison.created_at.desc(), Comparison.id.desc()).limit(1)
    comparison = session.scalars(query).one_or_none()
    if comparison is None:
        raise ComparisonNotFoundError(comparison_id)
    refuse_deleted(comparison)
    return comparison


def find(
    session: Session,
    *,
    search: str | None = None,
    tag: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[Comparison]:
    """Comparisons that contain a text and have a tag, newest first."""
    query = select(Comparison).where(
        Comparison.deleted_at.is_(None),
        *labels.conditions(Comparison, Comparison.dataset, search=search, tag=tag),
    )
    return page(session, query, Comparison, limit=limit, cursor=cursor)


def change_labels(comparison: Comparison, values: Mapping[str, Any]) -> None:
    """Give a comparison the name, note and tags in `values`; without a name, its first one again."""
    if values.get("name", "") is None:
        first = default_name(comparison.dataset, comparison.architectures)
        values = {**values, "name": first}
    labels.change(comparison, values)


def jobs_of(session: Session, comparison: Comparison) -> list[Job]:
    """The jobs of a comparison, in the order they were made."""
    return jobs_of_each(session, [comparison])[comparison.id]


def jobs_without_results(session: Session, comparison: Comparison) -> list[Job]:
    """The same, for what follows from rows alone: `Job.result`, which is large, is not read."""
    return jobs_of_each(session, [comparison], results=False)[comparison.id]


def jobs_of_each(
    session: Session, comparisons: Sequence[Comparison], *, results: bool = True
) -> dict[str, list[Job]]:
    """Comparison id → its jobs, in the order they were made: two queries for all comparisons."""
    ids = [comparison.id for comparison in comparisons]
    own = select(Job.comparison_id, Job).where(Job.comparison_id.in_(ids))
    existing = (
        select(ComparisonJob.comparison_id, Job)
        .join(Job, Job.id == ComparisonJob.job_id)
        .where(ComparisonJob.comparison_id.in_(ids))
    )
    unread = () if results else (defer(Job.result, raiseload=True),)
    found: dict[str, dict[str, Job]] = {comparison_id: {} for comparison_id in ids}
    for query in (own, existing):
        for comparison_id, job in session.execute(query.options(*unread)):
            found[str(comparison_id)][job.id] = job
    return {
        comparison_id: sorted(jobs.values(), key=lambda job: (job.created_at, job.id))
        for comparison_id, jobs in found.items()
    }


def test_accuracies(session: Session, comparisons: Sequence[Comparison]) -> dict[str, float]:
    """Job id → accuracy on the test split, of succeeded jobs; the rest of their results is not read."""
    ids = [comparison.id for comparison in comparisons]
    own = select(Job.id).where(Job.comparison_id.in_(ids))
    existing = select(ComparisonJob.job_id).where(ComparisonJob.comparison_id.in_(ids))
    # The model has it in a column; of a model whose row is gone it is in the result, which is long to parse.
    accuracy = func.coalesce(Model.test_accuracy, Job.result["test"]["accuracy"].as_float())
    query = select(Job.id, accuracy).outerjoin(Model, Model.job_id == Job.id)
    query = query.where(Job.id.in_(union(own, existing)), Job.status == JobStatus.SUCCEEDED)
    return dict(iter(session.execute(query)))


def ids_by_job(session: Session, job_ids: Collection[str]) -> dict[str, list[str]]:
    """Job id → the comparisons that the job is part of, oldest first; deleted ones are left out."""
    own = select(Job.id, Comparison.id, Comparison.created_at).join(
        Comparison, Comparison.id == Job.comparison_id
    )
    existing = select(ComparisonJob.job_id, Comparison.id, Comparison.created_at).join(
        Comparison, Comparison.id == ComparisonJob.comparison_id
    )
    present = Comparison.deleted_at.is_(None)
    query = union(
        own.where(Job.id.in_(job_ids), present),
        existing.where(ComparisonJob.job_id.in_(job_ids), present),
    )
    found: dict[str, list[str]] = {job_id: [] for job_id in job_ids}
    for job_id, comparison_id, _ in sorted(session.execute(query), key=lambda row: row[2]):
        found[job_id].append(comparison_id)
    return found


def awaited_by(session: Session, jobs: Iterable[Job]) -> list[Job]:
    """The jobs that these wait for, or have waited for, in the order they were made."""
    ids = {job.depends_on for job in jobs if job.depends_on}
    if not ids:
        return []
    query = select(Job).where(Job.id.in_(ids), Job.deleted_at.is_(None))
    query = query.order_by(Job.created_at, Job.id)
    return list(session.scalars(query))


def status(jobs: Sequence[Job], awaited: Sequence[Job] = ()) -> JobStatus:
    """The status of a comparison with these jobs, which wait for others.

    It runs as soon as one of either has begun, and has succeeded when every job has ended and at least
    one has succeeded.
    """
    present = {job.status for job in jobs}
    if present == {JobStatus.QUEUED}:
        waits = all(job.status == JobStatus.QUEUED for job in awaited)
        return JobStatus.QUEUED if waits else JobStatus.RUNNING
    if present & UNFINISHED:
        return JobStatus.RUNNING
    for final in (JobStatus.SUCCEEDED, JobStatus.FAILED):
        if final in present:
            return final
    return JobStatus.CANCELLED


def default_name(dataset: str, architectures: Sequence[dict[str, Any]]) -> str:
    """What a comparison is called by default."""
    labels = ", ".join(architecture["label"] for architecture in architectures)
    return f"{dataset}: {labels}"[:MAX_NAME_LENGTH]


def refuse_same_architecture(architectures: Sequence[dict[str, Any]]) -> None:
    """SameArchitectureError where two entries have the same name and options."""
    for index, architecture in enumerate(architectures):
        for other in architectures[:index]:
            same_name = architecture["name"] == other["name"]
            if same_name and architecture["options"] == other["options"]:
                raise SameArchitectureError(
                    f"'{other['label']}' and '{architecture['label']}' are the same architecture"
                    " with the same options; each is compared once, over as many seeds as you like"
                )
