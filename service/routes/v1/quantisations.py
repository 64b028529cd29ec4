"""int8 models: made of trained ones by jobs, which say what is lost and gained."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from service.analysis.quantisation import QuantisedAccuracy, compare_accuracy, verdict
from service.dependencies import (
    Cursor,
    Datasets,
    Id,
    Idempotent,
    Limit,
    ReadSession,
    WriteSession,
)
from service.errors import refusals
from service.requests.quantisation import QuantisationRequest
from service.routes.v1.jobs import JobDocument, job_document
from workers.latency.table import LatencyRow
from workers.queue import jobs
from workers.storage import trained_models
from workers.storage.database import utc_now
from workers.storage.deletions import lock_records
from workers.storage.kind_names import QUANTISE
from workers.storage.tables import Job, JobStatus, Model

router = APIRouter(prefix="/v1/models/{model_id}", tags=["models"])


class Calibration(BaseModel):
    """The train images from which the ranges of the activations are known."""

    images: int
    seed: int = Field(description="that drew them")


class Bytes(BaseModel):
    """The sizes of both graphs."""

    original: int
    int8: int


class LatencyPair(BaseModel):
    """Both models, timed in turn with the same images."""

    original: LatencyRow
    int8: LatencyRow


class QuantisationDocument(BaseModel):
    """An int8 model against the model that it was made from."""

    job_id: str
    model_id: str = Field(description="of the int8 model")
    quantised_from: str = Field(description="the id of the original")
    measured_at: datetime
    verdict: str = Field(description="accuracy, equivalence, size and speed, in words")
    accuracy: QuantisedAccuracy
    different_labels: int = Field(description="test images that the two classify differently")
    max_probability_difference: float
    bytes: Bytes
    latency: list[LatencyPair] = Field(description="at 1, 8 and 64 images, as memory allows")
    calibration: Calibration
    device_name: str
    cores: int
    versions: dict[str, str]


class QuantisationList(BaseModel):
    """A page of int8 models, newest first."""

    items: list[QuantisationDocument]
    next: str | None


@router.post(
    "/quantise", status_code=202, summary="Quantise a model", responses=refusals(404, 409, 410, 422)
)
def quantise_model(
    model_id: Id,
    session: WriteSession,
    datasets: Datasets,
    idempotency: Idempotent,
    response: Response,
    body: QuantisationRequest = QuantisationRequest(),  # noqa: B008 - frozen in effect: nobody changes it
) -> JobDocument:
    """Enqueue a job that makes an int8 model of a trained one. The body may be left out.

    The int8 graph is calibrated with train images alone. Then the job evaluates both models on all test
    images and times both in turn. It ends with a model of its own, which `onnxruntime` serves.
    """
    known = idempotency.recall(body)
    if known is None:
        lock_records(session)
        model = trained_models.get(session, model_id)
        job = jobs.enqueue(session, body.job(model, datasets), now=utc_now())
        idempotency.remember(body, job.id)
    else:
        job = jobs.get(session, known)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_document(job)


@router.get("/quantisations", summary="List int8 models", responses=refusals(404, 410, 422))
def list_quantisations(
    model_id: Id, session: ReadSession, limit: Limit = 50, cursor: Cursor = None
) -> QuantisationList:
    """The int8 models made of a model, newest first, each with a verdict; of an int8 model, its own."""
    made = _jobs_of(trained_models.get(session, model_id))
    found = jobs.find(session, made, limit=limit, cursor=cursor)
    return QuantisationList(items=[_document(job) for job in found.items], next=found.next)


def _jobs_of(model: Model) -> dict[str, str]:
    """The columns of the jobs that quantised a model, or of the one that made it."""
    made = {"kind": QUANTISE, "status": JobStatus.SUCCEEDED}
    return made | ({"id": model.job_id} if model.quantised_from else {"model_id": model.id})


def _document(job: Job) -> QuantisationDocument:
    result = job.result or {}
    return QuantisationDocument(
        job_id=job.id,
        measured_at=job.finished_at,
        verdict=verdict(result),
        accuracy=compare_accuracy(result["right"], result["margin"]),
        **{name: result[name] for name in QuantisationDocument.model_fields if name in result},
    )
