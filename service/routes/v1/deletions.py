"""Jobs, comparisons and models deleted, and restored within a day."""

from typing import Annotated

from fastapi import APIRouter, Path

from service.dependencies import NAME_PATTERN, WriteSession, WritingReader
from service.errors import refusals
from service.routes.v1.comparisons import ComparisonDocument, comparison_document
from service.routes.v1.jobs import JobDocument, job_document
from service.routes.v1.models import ModelDocument, model_documents
from workers.deletion import deleting
from workers.queue import comparisons
from workers.queue.comparisons import ComparisonNotFoundError
from workers.queue.jobs import JobNotFoundError
from workers.storage.tables import Comparison, Job, Model
from workers.storage.trained_models import ModelNotFoundError

router = APIRouter(prefix="/v1")

RecordId = Annotated[str, Path(pattern=NAME_PATTERN, description="an id; not `latest`")]
REFUSALS = refusals(404, 409, 410, 422)


@router.delete(
    "/comparisons/{comparison_id}",
    status_code=204,
    summary="Delete a comparison",
    tags=["comparisons"],
    responses=REFUSALS,
)
def delete_comparison(comparison_id: RecordId, session: WriteSession) -> None:
    """Delete a comparison and the jobs that it made, but for those that another one compares.

    It can be restored for a day.
    """
    deleting.delete(session, Comparison, comparison_id)


@router.post(
    "/comparisons/{comparison_id}/restore",
    summary="Restore a comparison",
    tags=["comparisons"],
    responses=REFUSALS,
)
def restore_comparison(comparison_id: RecordId, reader: WritingReader) -> ComparisonDocument:
    """Bring a deleted comparison back, with all that went with it."""
    comparison = deleting.restore(reader.session, Comparison, comparison_id)
    if comparison is None:
        raise ComparisonNotFoundError(comparison_id)
    return comparison_document(reader, comparison, comparisons.jobs_of(reader.session, comparison))


@router.delete(
    "/jobs/{job_id}", status_code=204, summary="Delete a job", tags=["jobs"], responses=REFUSALS
)
def delete_job(job_id: RecordId, session: WriteSession) -> None:
    """Delete a job that has ended, with its model; both can be restored for a day."""
    deleting.delete(session, Job, job_id)


@router.post("/jobs/{job_id}/restore", summary="Restore a job", tags=["jobs"], responses=REFUSALS)
def restore_job(job_id: RecordId, session: WriteSession) -> JobDocument:
    """Bring a deleted job back, with all that went with it."""
    job = deleting.restore(session, Job, job_id)
    if job is None:
        raise JobNotFoundError(job_id)
    return job_document(job)


@router.delete(
    "/models/{model_id}",
    status_code=204,
    summary="Delete a model",
    tags=["models"],
    responses=REFUSALS,
)
def delete_model(model_id: RecordId, session: WriteSession) -> None:
    """Delete a model; its training stays. It can be restored for a day.

    The jobs that measured it go with it, and with an int8 model the job that made it.
    """
    deleting.delete(session, Model, model_id)


@router.post(
    "/models/{model_id}/restore", summary="Restore a model", tags=["models"], responses=REFUSALS
)
def restore_model(model_id: RecordId, session: WriteSession) -> ModelDocument:
    """Bring a deleted model back, with all that went with it."""
    model = deleting.restore(session, Model, model_id)
    if model is None:
        raise ModelNotFoundError(f"there is no model '{model_id}'")
    return model_documents(session, [model])[0]
