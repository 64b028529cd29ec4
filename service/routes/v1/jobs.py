"""Jobs: enqueued, listed, shown, cancelled and retried."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, BaseModel, Field

from service.dependencies import (
    ByLabel,
    Cursor,
    Database,
    Datasets,
    Id,
    Idempotent,
    Limit,
    ReadSession,
    Weights,
    WriteSession,
)
from service.errors import refusals
from service.requests.fields import Name
from service.requests.pretrained import bind_training
from service.requests.trainings import TrainingRequest
from service.results.result_document import result_document
from service.routes._document import Document
from workers.kinds import KINDS
from workers.queue import dependencies, jobs
from workers.queue.dependencies import trains_head
from workers.storage.database import utc_now
from workers.storage.tables import Job, JobStatus
from workers.training.recipe import changes_of_images

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


def _check_kind(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"there is no kind of job '{name[:80]}'; known are: {', '.join(KINDS)}")
    return name


#: A kind of job: the name of a file of workers/kinds.
Kind = Annotated[str, Field(json_schema_extra={"enum": [*KINDS]})]


class JobProgress(BaseModel):
    """Where a running job is; which of the fields it has depends on its kind."""

    phase: str = Field(examples=["training"])
    done: int | None = Field(None, description="images that are done")
    total: int | None = None
    epoch: int | None = None
    epochs: int | None = None
    step: int | None = None
    steps: int | None = None
    loss: float | None = None
    accuracy: float | None = None
    images_per_second: float | None = None
    eta_seconds: float | None = None


class JobDocument(Document):
    """One piece of work."""

    id: str
    name: str | None = Field(description="what people call it, see `PATCH`")
    note: str | None
    tags: list[str]
    kind: Kind
    status: JobStatus
    dataset: str
    dataset_sha256: str | None = Field(description="of the content that it trains on")
    dataset_split: str | None = Field(description="the rule by which that content is split")
    architecture: str | None
    options: dict[str, Any]
    recipe: dict[str, Any] | None
    recipe_hash: str | None
    not_applied: list[str] = Field(
        description="fields of the recipe that do not apply: the head of a backbone is trained on"
        " features, which are of images as they are"
    )
    seed: int
    fold: int | None = Field(description="that tests it, from 1 to `folds`; null: the test split")
    folds: int | None = Field(description="parts into which all images are divided")
    priority: int
    depends_on: str | None = Field(description="id of the job whose end it waits for")
    comparison_id: str | None
    request_id: str | None = Field(
        description="`X-Request-ID` of the request that asked for it, by which logs name it"
    )
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: JobProgress | None
    eta_seconds: float | None
    error: str | None = Field(description="why it failed, in one sentence")
    model_id: str | None = Field(
        description="that a training made, whose latency is measured, or that is quantised (the `result`"
        " names the int8 model)"
    )
    result: dict[str, Any] | None = Field(None, description="left out of lists")


@dataclass(frozen=True)
class JobFilters:
    """The columns by which a list of jobs is filtered."""

    status: JobStatus | None = None
    kind: Annotated[Kind, AfterValidator(_check_kind)] | None = None
    dataset: Annotated[Name | None, Query()] = None
    architecture: Annotated[Name | None, Query()] = None


@dataclass(frozen=True)
class TrainingStores:
    """Where a training finds its images and the weights it starts from."""

    datasets: Datasets
    weights: Weights


class JobList(BaseModel):
    """A page of jobs, newest first."""

    items: list[JobDocument]
    next: str | None


@router.post("", status_code=202, summary="Train an architecture", responses=refusals(410, 422))
def create_job(
    body: TrainingRequest,
    database: Database,
    session: WriteSession,
    idempotency: Idempotent,
    stores: Annotated[TrainingStores, Depends()],
    response: Response,
) -> JobDocument:
    """Enqueue the training of one architecture on one dataset with one recipe and seed.

    With `fold` and `folds` it is tested on that part of all images.
    """
    misfit = body.misfit(database)  # before the transaction, which others wait for
    known = idempotency.recall(body)
    if known is None:
        if misfit:
            raise misfit
        request = bind_training(session, stores.weights, body.job(session, stores.datasets))
        [job] = dependencies.enqueue_trainings(session, [request], now=utc_now())
        idempotency.remember(body, job.id)
    else:
        job = jobs.get(session, known)
    return enqueued(job, response)


@router.get("", summary="List jobs", responses=refusals(422))
def list_jobs(
    session: ReadSession,
    filters: Annotated[JobFilters, Depends()],
    by_label: ByLabel,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> JobList:
    """Jobs, newest first, page by page."""
    given = {name: value for name, value in vars(filters).items() if value is not None}
    found = jobs.find(session, given, **vars(by_label), limit=limit, cursor=cursor)
    return JobList(items=[job_summary(job) for job in found.items], next=found.next)


@router.get("/{job_id}", summary="Show a job", responses=refusals(404, 410))
def show_job(job_id: Id, session: ReadSession) -> JobDocument:
    """One job: status, progress, and when it has succeeded every number of its result."""
    return job_document(jobs.get(session, job_id))


@router.post(
    "/{job_id}/cancel", status_code=202, summary="Cancel a job", responses=refusals(404, 409, 410)
)
def cancel_job(job_id: Id, session: WriteSession) -> JobDocument:
    """Cancel a job: at once where it waits, within a second where it runs."""
    return job_document(dependencies.cancel(session, job_id, now=utc_now()))


@router.post(
    "/{job_id}/retry", status_code=202, summary="Retry a job", responses=refusals(404, 409, 410)
)
def retry_job(job_id: Id, session: WriteSession) -> JobDocument:
    """Queue a failed or cancelled job again; it resumes from its last epoch."""
    return job_document(dependencies.retry(session, job_id, now=utc_now()))


def enqueued(job: Job, response: Response) -> JobDocument:
    """The answer to a request that enqueues a job: the job, and its address in the header Location."""
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_document(job)


def job_document(job: Job) -> JobDocument:
    """A job as the API shows it."""
    return _document(job, result=result_document(job.result) if job.result else job.result)


def job_summary(job: Job) -> JobDocument:
    """A job in a list: without its result, which is long."""
    return _document(job, result=None)


def _document(job: Job, *, result: dict[str, Any] | None) -> JobDocument:
    progress = job.progress if job.status == JobStatus.RUNNING else None
    return JobDocument.from_attributes(
        job,
        progress=progress,
        not_applied=changes_of_images(job.recipe or {}) if trains_head(job.options) else [],
        eta_seconds=(progress or {}).get("eta_seconds"),
        model_id=job.model_id or (job.result or {}).get("model_id"),
        result=result,
    )
