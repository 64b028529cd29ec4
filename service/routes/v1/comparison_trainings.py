"""All trainings of a comparison at once: cancelled, or queued again."""

from fastapi import APIRouter

from service.dependencies import Id, WritingReader
from service.errors import refusals
from service.routes.v1.comparisons import ComparisonDocument, comparison_document
from workers.queue import comparison_trainings, comparisons
from workers.storage.database import utc_now

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])


@router.post(
    "/cancel", status_code=202, summary="Cancel a comparison", responses=refusals(404, 409, 410)
)
def cancel_comparison(comparison_id: Id, reader: WritingReader) -> ComparisonDocument:
    """Cancel every training that has not ended: at once where it waits, within a second where it runs."""
    comparison = comparisons.get(reader.session, comparison_id)
    trainings = comparison_trainings.cancel(reader.session, comparison, now=utc_now())
    return comparison_document(reader, comparison, trainings)


@router.post(
    "/retry", status_code=202, summary="Retry a comparison", responses=refusals(404, 409, 410)
)
def retry_comparison(comparison_id: Id, reader: WritingReader) -> ComparisonDocument:
    """Queue every training that failed or was cancelled again; each goes on from its last epoch."""
    comparison = comparisons.get(reader.session, comparison_id)
    trainings = comparison_trainings.retry(reader.session, comparison, now=utc_now())
    return comparison_document(reader, comparison, trainings)
