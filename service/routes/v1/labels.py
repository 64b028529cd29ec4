"""Names, notes and tags: what people write on jobs, comparisons and models."""

from fastapi import APIRouter

from service.dependencies import Id, WriteSession, WritingReader
from service.errors import refusals
from service.requests.labels import Labels
from service.routes.v1.comparisons import ComparisonDocument, comparison_document
from service.routes.v1.jobs import JobDocument, job_document
from service.routes.v1.models import ModelDocument, model_documents
from workers.queue import comparisons, jobs
from workers.storage import labels, trained_models

router = APIRouter(prefix="/v1")

REFUSALS = refusals(404, 410, 422)


@router.patch(
    "/comparisons/{comparison_id}",
    summary="Label a comparison",
    tags=["comparisons"],
    responses=REFUSALS,
)
def label_comparison(comparison_id: Id, body: Labels, reader: WritingReader) -> ComparisonDocument:
    """Change the name, the note and the tags of a comparison (JSON Merge Patch).

    Without a name it is called as at first, by its dataset and its architectures.
    """
    comparison = comparisons.get(reader.session, comparison_id)
    comparisons.change_labels(comparison, body.changes())
    return comparison_document(reader, comparison, comparisons.jobs_of(reader.session, comparison))


@router.patch("/jobs/{job_id}", summary="Label a job", tags=["jobs"], responses=REFUSALS)
def label_job(job_id: Id, body: Labels, session: WriteSession) -> JobDocument:
    """Change the name, the note and the tags of a job (JSON Merge Patch)."""
    job = jobs.get(session, job_id)
    labels.change(job, body.changes())
    return job_document(job)


@router.patch("/models/{model_id}", summary="Label a model", tags=["models"], responses=REFUSALS)
def label_model(model_id: Id, body: Labels, session: WriteSession) -> ModelDocument:
    """Change the name, the note and the tags of a model (JSON Merge Patch)."""
    model = trained_models.get(session, model_id)
    labels.change(model, body.changes())
    return model_documents(session, [model])[0]
