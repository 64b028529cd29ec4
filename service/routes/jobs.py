"""What there is to do, and how it goes."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import PlainTextResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field

from models import architectures
from models.registry import UnknownNameError
from service.dependencies import (
    CurrentSettings,
    Cursor,
    Database,
    Id,
    Limit,
    OnlyOnce,
    ReadSession,
    WriteSession,
)
from service.errors import refusals
from workers import events, jobs, metrics
from workers.architecture_options import validate_options
from workers.database import transaction, utc_now
from workers.datasets import datasets, store
from workers.jobs import FINAL, Job, JobKind, JobRequest, JobStatus
from workers.settings import Settings
from workers.training.recipe import Recipe

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

POLL_SECONDS = 0.25
HIGHEST_SEED = 2**31 - 1
Seed = Annotated[int, Field(ge=0, le=HIGHEST_SEED)]
Priority = Annotated[int, Field(ge=-100, le=100, description="higher goes first")]


class TrainingRequest(BaseModel):
    """One training: an architecture, a dataset, a recipe and a seed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"dataset": "digits", "architecture": "cnn", "recipe": {"epochs": 5}}
        },
    )

    dataset: str
    architecture: str
    options: dict[str, Any] = Field({}, description="of the architecture; see its schema")
    recipe: Recipe = Recipe()
    seed: Seed = 0
    priority: Priority = 0


class JobProgress(BaseModel):
    """Where a running job is; a fetch has only a phase."""

    phase: str = Field(examples=["training"])
    epoch: int | None = None
    epochs: int | None = None
    step: int | None = None
    steps: int | None = None
    loss: float | None = None
    accuracy: float | None = None
    images_per_second: float | None = None
    eta_seconds: float | None = None


class JobDocument(BaseModel):
    """One piece of work."""

    id: str
    kind: JobKind
    status: JobStatus
    dataset: str
    architecture: str | None
    options: dict[str, Any]
    recipe: dict[str, Any] | None
    recipe_hash: str | None
    seed: int
    priority: int
    comparison_id: str | None
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: JobProgress | None
    eta_seconds: float | None
    error: str | None = Field(description="why it failed, in one sentence")
    model_id: str | None
    result: dict[str, Any] | None = Field(None, description="left out of lists")


@dataclass(frozen=True)
class JobFilters:
    """Only the jobs of which all of this is so."""

    status: JobStatus | None = None
    kind: JobKind | None = None
    dataset: Annotated[str | None, Query(max_length=64)] = None
    architecture: Annotated[str | None, Query(max_length=64)] = None


class JobList(BaseModel):
    """A page of jobs, newest first."""

    items: list[JobDocument]
    next: str | None


class MetricList(BaseModel):
    """Every metric of every epoch, flat, epochs in order."""

    job_id: str
    epochs: list[dict[str, float | None]]


@router.post("", status_code=202, summary="Train an architecture", responses=refusals(422))
def create_job(
    body: TrainingRequest,
    session: WriteSession,
    once: OnlyOnce,
    settings: CurrentSettings,
    response: Response,
) -> JobDocument:
    """Enqueue the training of one architecture on one dataset with one recipe and seed."""
    known = once.recall(body)
    if known is None:
        require_dataset(settings, body.dataset)
        request = JobRequest(
            kind=JobKind.TRAIN,
            dataset=body.dataset,
            architecture=body.architecture,
            options=checked_options(body.architecture, body.options),
            recipe=vars(body.recipe),
            recipe_hash=body.recipe.hash,
            seed=body.seed,
            priority=body.priority,
        )
        known = jobs.enqueue(session, request, now=utc_now()).id
        once.remember(body, known)
    response.headers["Location"] = f"/v1/jobs/{known}"
    return job_document(jobs.get(session, known))


@router.get("", summary="List jobs", responses=refusals(422))
def list_jobs(
    session: ReadSession,
    filters: Annotated[JobFilters, Depends()],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> JobList:
    """Jobs, newest first, page by page."""
    given = {name: value for name, value in vars(filters).items() if value is not None}
    found = jobs.find(session, given, limit=limit, cursor=cursor)
    return JobList(items=[listed(job) for job in found.items], next=found.next)


@router.get("/{job_id}", summary="Show a job", responses=refusals(404))
def show_job(job_id: Id, session: ReadSession) -> JobDocument:
    """One job: status, progress, and when it has succeeded every number of its result."""
    return job_document(jobs.get(session, job_id))


@router.post(
    "/{job_id}/cancel", status_code=202, summary="Cancel a job", responses=refusals(404, 409)
)
def cancel_job(job_id: Id, session: WriteSession) -> JobDocument:
    """Cancel a job: at once where it waits, within a second where it runs."""
    return job_document(jobs.cancel(session, job_id, now=utc_now()))


@router.post(
    "/{job_id}/retry", status_code=202, summary="Retry a job", responses=refusals(404, 409)
)
def retry_job(job_id: Id, session: WriteSession) -> JobDocument:
    """Queue a failed or cancelled job again; it goes on from its last epoch."""
    return job_document(jobs.retry(session, job_id, now=utc_now()))


@router.get("/{job_id}/metrics", summary="Metrics of a job", responses=refusals(404))
def show_metrics(job_id: Id, session: ReadSession) -> MetricList:
    """Every metric of every epoch: losses, accuracies, learning rate, seconds, gradient norms."""
    found = jobs.get(session, job_id).id
    return MetricList(job_id=found, epochs=_metric_rows(session, found))


@router.get(
    "/{job_id}/metrics.csv",
    summary="Metrics of a job as CSV",
    response_class=PlainTextResponse,
    responses=refusals(404),
)
def download_metrics(job_id: Id, session: ReadSession) -> PlainTextResponse:
    """The same numbers, one line for each epoch."""
    rows = _metric_rows(session, jobs.get(session, job_id).id)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["epoch"])
    writer.writeheader()
    writer.writerows(rows)
    return PlainTextResponse(text.getvalue(), media_type="text/csv")


def _existing(job_id: Id, database: Database) -> str:
    with transaction(database, read_only=True) as session:
        return jobs.get(session, job_id).id


# A stream has begun, with status 200, before its generator runs: what is not there is refused here.
ExistingJob = Annotated[str, Depends(_existing)]


@router.get(
    "/{job_id}/events",
    summary="Follow a job",
    response_class=EventSourceResponse,
    responses=refusals(404),
)
async def follow_job(
    job_id: ExistingJob,
    database: Database,
    last_event_id: Annotated[int, Header(ge=0, description="the last id that was seen")] = 0,
) -> AsyncIterator[ServerSentEvent]:
    """What happens to a job as server-sent events, from the start or after `Last-Event-ID`.

    `status` and `epoch` events have an id; `progress` has none. The stream ends with the job.
    """
    said: dict[str, Any] | None = None
    while True:
        # One short transaction a look: a reader that stays open would keep the WAL from shrinking.
        job, news = await run_in_threadpool(_news, database, job_id, last_event_id)
        for event in news:
            last_event_id = event.id
            data = {**event.data, "at": event.at.isoformat()}
            yield ServerSentEvent(event=event.kind, id=str(event.id), data=data)
        if job.status in FINAL:
            return
        if job.progress and job.progress != said:
            said = job.progress
            yield ServerSentEvent(event="progress", data=said)
        await anyio.sleep(POLL_SECONDS)


def _news(database: Any, job_id: str, last_id: int) -> tuple[Job, list[events.Event]]:
    with transaction(database, read_only=True) as session:
        job = jobs.get(session, job_id)
        return job, events.after(session, job.id, last_id)


def _metric_rows(session: Any, job_id: str) -> list[dict[str, float | None]]:
    by_epoch = metrics.of_jobs(session, [job_id])[job_id]
    return [{"epoch": epoch, **values} for epoch, values in by_epoch.items()]


def job_document(job: Job) -> JobDocument:
    """A job as the API shows it."""
    progress = job.progress if job.status == JobStatus.RUNNING else None
    return JobDocument(
        **{name: getattr(job, name) for name in JobDocument.model_fields if hasattr(job, name)}
        | {"progress": progress},
        eta_seconds=(progress or {}).get("eta_seconds"),
        model_id=(job.result or {}).get("model_id"),
    )


def listed(job: Job) -> JobDocument:
    """A job in a list: without its result, which is long."""
    return job_document(job).model_copy(update={"result": None})


def require_dataset(settings: Settings, name: str) -> None:
    """UnknownNameError unless the dataset is ready or can be fetched."""
    ready = store.names(settings.datasets_folder)
    if name not in datasets and name not in ready:
        raise UnknownNameError("dataset", name, sorted({*datasets, *ready}))


def checked_options(architecture: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options of an architecture, whole; UnknownNameError or OptionError."""
    if architecture not in architectures:
        raise UnknownNameError("architecture", architecture, list(architectures))
    return validate_options(architecture, options)
