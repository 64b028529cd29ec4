"""How long a model takes: measured by a job, and kept."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator

from service.dependencies import Cursor, Id, Idempotent, Limit, ReadSession, WriteSession
from service.errors import refusals
from service.requests.fields import Form, Name, Priority
from service.routes.v1.engines import known_engine
from service.routes.v1.jobs import JobDocument, job_document
from workers.engines import engines
from workers.latency.table import LatencyRow
from workers.queue import jobs
from workers.queue.jobs import Job, JobKind, JobRequest, JobStatus
from workers.storage import trained_models
from workers.storage.database import utc_now

router = APIRouter(prefix="/v1/models/{model_id}/latency", tags=["latency"])

MOST_CELLS = 48  # each takes one second, and a slow one up to twenty
DEFAULT_THREADS = 2  # numbers of threads, where none is given: one, and all cores

BatchSize = Annotated[int, Field(ge=1, le=256)]
Threads = Annotated[int, Field(ge=1, le=256)]


class LatencyRequest(Form):
    """The table to measure: every engine with every number of threads at every batch size."""

    engines: Annotated[
        list[Name] | None,
        Field(min_length=1, description="see `GET /v1/engines`; null: all", examples=[None]),
    ] = None
    batch_sizes: list[BatchSize] = Field([1, 8, 64], min_length=1, max_length=MOST_CELLS)
    threads: Annotated[
        list[Threads] | None,
        Field(
            min_length=1,
            max_length=MOST_CELLS,
            description="null: one, and as many as the worker's machine has cores",
            examples=[[1, 2]],
        ),
    ] = None
    priority: Priority = 0

    @model_validator(mode="after")
    def _small_enough(self) -> Self:
        num_engines = len(set(self.engines)) if self.engines else len(engines)
        num_threads = len(set(self.threads)) if self.threads else DEFAULT_THREADS
        cells = num_engines * len(set(self.batch_sizes)) * num_threads
        if cells > MOST_CELLS:
            raise ValueError(
                f"{num_engines} engines × {len(set(self.batch_sizes))} batch sizes × {num_threads}"
                f" numbers of threads are {cells} measurements; one job makes {MOST_CELLS} at most"
            )
        return self


class SkippedCell(BaseModel):
    """What could not be measured, and why."""

    engine: str
    threads: int
    reason: str


class LatencyTable(BaseModel):
    """What a job has measured, and on what machine."""

    job_id: str
    model_id: str
    measured_at: datetime
    device_name: str
    cores: int
    load_average: float | None = Field(description="of the minute before; null: not known")
    versions: dict[str, str]
    rows: list[LatencyRow]
    skipped: list[SkippedCell]


class LatencyList(BaseModel):
    """A page of tables, newest first."""

    items: list[LatencyTable]
    next: str | None


@router.post("", status_code=202, summary="Measure latency", responses=refusals(404, 422))
def measure_latency(
    model_id: Id,
    session: WriteSession,
    idempotency: Idempotent,
    response: Response,
    body: LatencyRequest = LatencyRequest(),  # noqa: B008 - frozen in effect: nobody changes it
) -> JobDocument:
    """Enqueue a job that measures a table of engine × batch size × threads. The body may be left out.

    Each cell is warmed up, then measured for at least a second and 1,000 calls, or for 20 seconds.
    """
    known = idempotency.recall(body)
    if known is None:
        model = trained_models.get(session, model_id)
        request = JobRequest(
            kind=JobKind.LATENCY,
            dataset=model.dataset,
            architecture=model.architecture,
            seed=model.seed,
            options=_table(body),
            priority=body.priority,
            model_id=model.id,
        )
        known = jobs.enqueue(session, request, now=utc_now()).id
        idempotency.remember(body, known)
    response.headers["Location"] = f"/v1/jobs/{known}"
    return job_document(jobs.get(session, known))


@router.get("", summary="Show latency", responses=refusals(404, 422))
def show_latency(
    model_id: Id, session: ReadSession, limit: Limit = 50, cursor: Cursor = None
) -> LatencyList:
    """The tables that were measured of a model, newest first."""
    model = trained_models.get(session, model_id)
    measured = {
        "kind": JobKind.LATENCY,
        "model_id": model.id,
        "status": JobStatus.SUCCEEDED,
    }
    found = jobs.find(session, measured, limit=limit, cursor=cursor)
    return LatencyList(items=[_document(job) for job in found.items], next=found.next)


def _table(body: LatencyRequest) -> dict[str, Any]:
    return {
        "engines": sorted({known_engine(one) for one in body.engines}) if body.engines else None,
        "batch_sizes": sorted(set(body.batch_sizes)),
        "threads": sorted(set(body.threads)) if body.threads else None,
    }


def _document(job: Job) -> LatencyTable:
    return LatencyTable(job_id=job.id, measured_at=job.finished_at, **(job.result or {}))
