"""Comparisons: created, listed and shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.analysis.leader import Leader, find_leader
from service.analysis.leaderboard import leaderboard
from service.analysis.leaderboard_row import LeaderboardRow
from service.analysis.results import LabelledArchitecture
from service.dependencies import (
    ByLabel,
    Cursor,
    Database,
    Id,
    Idempotent,
    Limit,
    Reader,
    ReadSession,
    Weights,
    WritingReader,
)
from service.errors import refusals
from service.requests.comparisons import ComparisonForm, ComparisonOfJobs, NewComparison
from service.requests.pretrained import bind_comparison
from service.results.comparisons import ResultsReader, label_of
from service.routes._document import Document
from service.routes.v1.jobs import JobDocument, job_summary
from workers.queue import comparisons, existing_jobs
from workers.storage.database import utc_now
from workers.storage.tables import FINAL, Comparison, Job, JobStatus
from workers.weights.store import WeightsStore

router = APIRouter(prefix="/v1/comparisons", tags=["comparisons"])


class ComparisonSummary(Document):
    """A comparison in a list."""

    id: str
    name: str
    note: str | None
    tags: list[str]
    status: JobStatus
    dataset: str
    architectures: list[LabelledArchitecture]
    recipe: dict[str, Any]
    recipe_hash: str
    seeds: list[int]
    folds: int | None = Field(description="parts of the dataset that test in turn")
    created_at: datetime
    num_jobs: int = Field(description="its trainings")
    num_ended: int = Field(description="of them, whatever came of them")
    leader: Leader | None = Field(description="the best so far; null before the first result")


class ComparisonDocument(ComparisonSummary):
    """A comparison with its jobs and, as soon as one has succeeded, its leaderboard."""

    jobs: list[JobDocument]
    awaited: list[JobDocument] = Field(
        description="jobs that its own wait for, or have waited for: they compute features for heads"
    )
    leaderboard: list[LeaderboardRow]


class ComparisonList(BaseModel):
    """A page of comparisons, newest first."""

    items: list[ComparisonSummary]
    next: str | None


@router.post(
    "", status_code=202, summary="Compare architectures", responses=refusals(409, 410, 422)
)
def create_comparison(
    body: ComparisonForm,
    database: Database,
    reader: WritingReader,
    weights: Weights,
    idempotency: Idempotent,
    response: Response,
) -> ComparisonDocument:
    """Enqueue the training of every architecture with every seed, or compare existing jobs.

    With `folds` each of them is trained once for each fold. Existing jobs that differ in more than
    architecture, seed and fold are refused with the reason.
    """
    # Before the transaction, which others wait for.
    misfit = body.misfit(database) if isinstance(body, NewComparison) else None
    known = idempotency.recall(body)
    if known is None:
        if misfit:
            raise misfit
        comparison, jobs_compared = _create(reader, weights, body)
        idempotency.remember(body, comparison.id)
    else:
        comparison = comparisons.get(reader.session, known)
        jobs_compared = comparisons.jobs_of(reader.session, comparison)
    response.headers["Location"] = f"/v1/comparisons/{comparison.id}"
    return comparison_document(reader, comparison, jobs_compared)


@router.get("", summary="List comparisons", responses=refusals(422))
def list_comparisons(
    session: ReadSession, by_label: ByLabel, limit: Limit = 50, cursor: Cursor = None
) -> ComparisonList:
    """Comparisons, newest first, page by page."""
    found = comparisons.find(session, **vars(by_label), limit=limit, cursor=cursor)
    jobs_compared = comparisons.jobs_of_each(session, found.items, results=False)
    accuracies = comparisons.test_accuracies(session, found.items)
    all_jobs = [job for jobs in jobs_compared.values() for job in jobs]
    awaited = {job.id: job for job in comparisons.awaited_by(session, all_jobs)}
    items = []
    for comparison in found.items:
        own = jobs_compared[comparison.id]
        awaits = [awaited[job.depends_on] for job in own if job.depends_on in awaited]
        summary = _summary(comparison, own, awaits, accuracies)
        items.append(ComparisonSummary.from_attributes(comparison, **summary))
    return ComparisonList(items=items, next=found.next)


@router.get("/{comparison_id}", summary="Show a comparison", responses=refusals(404, 410))
def show_comparison(comparison_id: Id, reader: Reader) -> ComparisonDocument:
    """One comparison: status, jobs with progress, and the leaderboard so far."""
    comparison = comparisons.get(reader.session, comparison_id)
    return comparison_document(reader, comparison, comparisons.jobs_of(reader.session, comparison))


def _create(
    reader: ResultsReader, weights: WeightsStore, body: NewComparison | ComparisonOfJobs
) -> tuple[Comparison, list[Job]]:
    session, now = reader.session, utc_now()
    if isinstance(body, NewComparison):
        request = body.comparison(session, reader.datasets)
        return comparisons.create(session, bind_comparison(session, weights, request), now=now)
    return existing_jobs.compare(session, body.jobs, name=body.name, now=now)


def _summary(
    comparison: Comparison,
    jobs_compared: Sequence[Job],
    awaited: Sequence[Job],
    accuracies: Mapping[str, float],
) -> dict[str, Any]:
    """What a list and a document say of the jobs of a comparison, whose test accuracies are known by id."""
    by_label: dict[str, list[float]] = {}
    for job in jobs_compared:
        if job.id in accuracies:
            label = label_of(comparison.architectures, job)
            by_label.setdefault(label, []).append(accuracies[job.id])
    return {
        "status": comparisons.status(jobs_compared, awaited),
        "num_jobs": len(jobs_compared),
        "num_ended": sum(job.status in FINAL for job in jobs_compared),
        "leader": find_leader(by_label),
    }


def comparison_document(
    reader: ResultsReader, comparison: Comparison, jobs_compared: Sequence[Job]
) -> ComparisonDocument:
    """A comparison as the API shows it, whose jobs have been read already."""
    awaited = comparisons.awaited_by(reader.session, jobs_compared)
    accuracies = {job.id: job.result["test"]["accuracy"] for job in jobs_compared if job.result}
    return ComparisonDocument.from_attributes(
        comparison,
        **_summary(comparison, jobs_compared, awaited, accuracies),
        jobs=[job_summary(job) for job in jobs_compared],
        awaited=[job_summary(job) for job in awaited],
        leaderboard=leaderboard(reader.of_comparison(comparison, jobs_compared)),
    )
