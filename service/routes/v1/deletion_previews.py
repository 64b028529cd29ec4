"""What a deletion would take along, and what forbids it; nothing here changes anything."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service.dependencies import Artifacts, Datasets, Id, ReadSession
from service.errors import refusals
from service.routes.v1.datasets import Name
from workers.datasets.stored.store import DatasetAbsentError
from workers.deletion import deleting
from workers.queue import jobs
from workers.queue.jobs import JobStateError
from workers.storage import ready_datasets
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import database_now, utc_now
from workers.storage.deletions import KEPT, Record
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import Comparison, Job, Model

router = APIRouter(prefix="/v1")

REFUSALS = refusals(404, 410, 422)


class DeletionDocument(BaseModel):
    """What a deletion would take along, and what forbids it."""

    refusal: str | None = Field(description="why it would be refused now; null: it would not")
    comparisons: list[str] = Field([], description="ids")
    jobs: list[str] = Field([], description="ids")
    models: list[str] = Field([], description="ids")
    artifacts: int = Field(description="files")
    bytes: int = Field(description="of these files")
    restorable_until: datetime | None = Field(
        description="if it is deleted now; null: it goes at once, and for good"
    )


@router.get(
    "/comparisons/{comparison_id}/deletion",
    summary="Preview deleting a comparison",
    tags=["comparisons"],
    responses=REFUSALS,
)
def show_comparison_deletion(
    comparison_id: Id, session: ReadSession, artifacts: Artifacts
) -> DeletionDocument:
    """The jobs, models and files that would go with a comparison, and what needs them."""
    return _preview(session, artifacts, Comparison, comparison_id)


@router.get(
    "/jobs/{job_id}/deletion",
    summary="Preview deleting a job",
    tags=["jobs"],
    responses=REFUSALS,
)
def show_job_deletion(job_id: Id, session: ReadSession, artifacts: Artifacts) -> DeletionDocument:
    """The model and the files that would go with a job, and what needs them."""
    return _preview(session, artifacts, Job, job_id)


@router.get(
    "/models/{model_id}/deletion",
    summary="Preview deleting a model",
    tags=["models"],
    responses=REFUSALS,
)
def show_model_deletion(
    model_id: Id, session: ReadSession, artifacts: Artifacts
) -> DeletionDocument:
    """The jobs and files that would go with a model, and what needs them."""
    return _preview(session, artifacts, Model, model_id)


@router.get(
    "/datasets/{name}/deletion",
    summary="Preview deleting a dataset",
    tags=["datasets"],
    responses=refusals(404, 422),
)
def show_dataset_deletion(
    name: Name, session: ReadSession, artifacts: Artifacts, datasets: Datasets
) -> DeletionDocument:
    """The files that would go with a dataset at once and for good, and what needs them."""
    row = ready_datasets.find(session, name)
    if row is None:
        raise DatasetAbsentError(name)
    identity = DatasetIdentity(row.sha256, row.split)
    sizes: list[int] = []
    if not ready_datasets.is_needed(session, identity, but=name):
        sizes += datasets.sizes(identity)
    if row.upload and not ready_datasets.is_upload_needed(
        session, row.upload, now=utc_now(), but=name
    ):
        sizes += artifacts.sizes(row.upload).values()
    try:
        jobs.refuse_if_needed(session, name)
        refusal = None
    except JobStateError as error:
        refusal = str(error)
    return DeletionDocument(
        refusal=refusal, artifacts=len(sizes), bytes=sum(sizes), restorable_until=None
    )


def _preview(
    session: Session, artifacts: ArtifactStore, table: type[Record], record_id: str
) -> DeletionDocument:
    going, need = deleting.preview(session, table, record_id)
    sizes = [size for path in going.artifacts() for size in artifacts.sizes(path).values()]
    return DeletionDocument(
        refusal=need,
        comparisons=list(going.comparisons),
        jobs=list(going.jobs),
        models=list(going.models),
        artifacts=len(sizes),
        bytes=sum(sizes),
        restorable_until=database_now(session) + KEPT,
    )
