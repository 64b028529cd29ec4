"""The metrics of a job, epoch by epoch, as JSON and as CSV."""

import csv
import io

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from service.dependencies import Id, ReadSession
from service.errors import refusals
from workers.queue import jobs
from workers.storage import metrics

router = APIRouter(prefix="/v1/jobs/{job_id}", tags=["jobs"])


class MetricList(BaseModel):
    """Every metric of every epoch, flat, epochs in order."""

    job_id: str
    epochs: list[dict[str, float | None]]


@router.get("/metrics", summary="Metrics of a job", responses=refusals(404, 410))
def show_metrics(job_id: Id, session: ReadSession) -> MetricList:
    """Every metric of every epoch: losses, accuracies, learning rate, seconds, gradient norms."""
    job = jobs.get(session, job_id)
    return MetricList(job_id=job.id, epochs=_rows(session, job.id))


@router.get(
    "/metrics.csv",
    summary="Metrics of a job as CSV",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/csv": {}}}, **refusals(404, 410)},
)
def download_metrics(job_id: Id, session: ReadSession) -> PlainTextResponse:
    """The same numbers, one line for each epoch."""
    rows = _rows(session, jobs.get(session, job_id).id)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["epoch"])
    writer.writeheader()
    writer.writerows(rows)
    return PlainTextResponse(text.getvalue(), media_type="text/csv")


def _rows(session: Session, job_id: str) -> list[dict[str, float | None]]:
    by_epoch = metrics.of_jobs(session, [job_id])[job_id]
    return [{"epoch": epoch, **values} for epoch, values in by_epoch.items()]
