"""How long models take to predict, as jobs measure it."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.dependencies import Cursor, Id, Idempotent, Limit, ReadSession, WriteSession
from service.errors import refusals
from service.requests.latency import LatencyRequest
from service.routes.v1.jobs import JobDocument, enqueued
from workers.latency.table import LatencyRow
from workers.queue import jobs
from workers.storage import trained_models
from workers.storage.database import utc_now
from workers.storage.deletions import lock_records
from workers.storage.kind_names import LATENCY
from workers.storage.tables import Job, JobStatus

router = APIRouter(prefix="/v1/models/{model_id}/latency", tags=["latency"])


class SkippedCell(BaseModel):
    """An engine with a number of threads, or one batch size of it, that was not measured, and why."""

    engine: str
    threads: int
    batch_size: int | None = Field(default=None, description="null: none could be measured")
    reason: str


class LatencyTable(BaseModel):
    """The latencies that a job has measured, and the machine it ran on."""

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


@router.post("", status_code=202, summary="Measure latency", responses=refusals(404, 409, 410, 422))
def measure_latency(
    model_id: Id,
    session: WriteSession,
    idempotency: Idempotent,
    response: Response,
    body: LatencyRequest = LatencyRequest(),  # noqa: B008 - frozen in effect: nobody changes it
) -> JobDocument:
    """Enqueue a job that measures a table of engine × batch size × threads. The body may be left out.

    Each cell is warmed up, then measured for at least a second and 1,000 calls, or for 20 seconds. A
    batch that would take too much memory is not measured: the table says so, and up to which size it can be.
    """
    known = idempotency.recall(body)
    if known is None:
        lock_records(session)
        model = trained_models.get(session, model_id)
        job = jobs.enqueue(session, body.job(model), now=utc_now())
        idempotency.remember(body, job.id)
    else:
        job = jobs.get(session, known)
    return enqueued(job, response)


@router.get("", summary="Show latency", responses=refusals(404, 410, 422))
def show_latency(
    model_id: Id, session: ReadSession, limit: Limit = 50, cursor: Cursor = None
) -> LatencyList:
    """The tables that were measured of a model, newest first."""
    model = trained_models.get(session, model_id)
    measured = {
        "kind": LATENCY,
        "model_id": model.id,
        "status": JobStatus.SUCCEEDED,
    }
    found = jobs.find(session, measured, limit=limit, cursor=cursor)
    return LatencyList(items=[_document(job) for job in found.items], next=found.next)


def _document(job: Job) -> LatencyTable:
    return LatencyTable(job_id=job.id, measured_at=job.finished_at, **(job.result or {}))
