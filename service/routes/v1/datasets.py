"""What can be trained on."""

import itertools
import sys
import tempfile
from typing import Annotated, Any, BinaryIO, Literal, cast

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import UnknownNameError
from service.dependencies import CurrentSettings, Database, ReadSession, WriteSession
from service.errors import TooLargeError, refusals
from service.routes.v1.jobs import JobDocument, job_document
from workers.datasets import store
from workers.datasets.errors import DatasetConflictError
from workers.datasets.known import datasets
from workers.datasets.store import DatasetAbsentError, DatasetDescription
from workers.datasets.upload import import_archive
from workers.queue import jobs
from workers.queue.jobs import Job, JobKind, JobRequest, JobStatus
from workers.settings import Settings
from workers.storage.database import transaction, utc_now

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

Name = Annotated[str, Path(max_length=64, examples=["digits"])]
READING = (JobKind.TRAIN, JobKind.FETCH)  # kinds of job that need the dataset itself
UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)


class Shape(BaseModel):
    """Of one image, in pixels."""

    channels: int
    height: int
    width: int


class Sizes(BaseModel):
    """Images in each split; validation is taken from what the source calls train."""

    train: int
    validation: int
    test: int


class DatasetDocument(BaseModel):
    """A dataset that is known or has been uploaded."""

    name: str = Field(examples=["mnist"])
    description: str
    state: Literal["ready", "absent", "fetching", "failed"]
    error: str | None = Field(None, description="why the last fetch failed")
    image_shape: Shape | None = None
    classes: list[str] | None = None
    sizes: Sizes | None = None
    sha256: str | None = Field(None, description="of the content, whatever file it came from")
    source: str | None = None
    note: str | None = Field(None, description="what was changed on the way in")


class DatasetList(BaseModel):
    """Every dataset; there is no second page."""

    items: list[DatasetDocument]
    next: None = None


@router.get("", summary="List datasets")
def list_datasets(session: ReadSession, settings: CurrentSettings) -> DatasetList:
    """Every dataset that can be fetched or has been uploaded, with its state."""
    names = sorted({*datasets, *store.names(settings.datasets_folder)})
    return DatasetList(items=[_document(session, settings, name) for name in names])


@router.get("/{name}", summary="Show a dataset", responses=refusals(404))
def show_dataset(name: Name, session: ReadSession, settings: CurrentSettings) -> DatasetDocument:
    """One dataset: its state, and when it is ready its shape, classes, sizes and checksum."""
    return _document(session, settings, name)


@router.post("/{name}/fetch", status_code=202, summary="Fetch a dataset", responses=refusals(404))
def fetch_dataset(name: Name, session: WriteSession, response: Response) -> JobDocument:
    """Enqueue a job that makes a dataset ready; one that waits or runs already is returned."""
    if name not in datasets:
        raise UnknownNameError("dataset", name, list(datasets))
    job = _fetch_job(session, name)
    if job is None or job.status not in UNFINISHED:
        request = JobRequest(kind=JobKind.FETCH, dataset=name)
        job = jobs.enqueue(session, request, now=utc_now())
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_document(job)


ARCHIVE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.put(
    "/{name}",
    status_code=201,
    summary="Upload a dataset",
    responses=refusals(409, 413, 422),
    openapi_extra=ARCHIVE,
    max_body_size=sys.maxsize,  # the setting's limit is enforced as the body comes in
)
async def upload_dataset(
    name: Name, request: Request, database: Database, settings: CurrentSettings
) -> DatasetDocument:
    """Upload a zip of `train/<class>/*.png|jpg` and `test/<class>/*`, or an `.npz`.

    An `.npz` holds x_train, y_train, x_test and y_test: uint8 images (N, H, W) or (N, H, W, C) and
    integer labels (N,). It takes the place of a dataset of that name, unless jobs still need that.
    """
    await run_in_threadpool(_refuse_if_needed, database, settings, name)
    with tempfile.TemporaryFile() as file:
        await _receive(request, cast("BinaryIO", file), settings.max_upload_bytes)
        await run_in_threadpool(_import, database, settings, name, cast("BinaryIO", file))
    known = store.describe(settings.datasets_folder, name)
    if known is None:
        raise DatasetAbsentError(name)
    return _ready(known)


@router.delete("/{name}", status_code=204, summary="Delete a dataset", responses=refusals(404, 409))
def delete_dataset(name: Name, database: Database, settings: CurrentSettings) -> None:
    """Delete a dataset's file; models that were trained on it stay usable."""
    _refuse_if_needed(database, settings, name)
    store.delete(settings.datasets_folder, name)


async def _receive(request: Request, file: BinaryIO, most_bytes: int) -> None:
    received = 0
    async for block in request.stream():
        received += len(block)
        if received > most_bytes:
            raise TooLargeError(f"the upload is larger than the {most_bytes:,} bytes accepted")
        file.write(block)
    file.seek(0)


def _import(database: Engine, settings: Settings, name: str, file: BinaryIO) -> None:
    _refuse_if_needed(database, settings, name)  # again: receiving took its time
    import_archive(settings.datasets_folder, name, file)


def _refuse_if_needed(database: Engine, settings: Settings, name: str) -> None:
    """DatasetConflictError where jobs count on what is there: all of them must see the same data."""
    if store.describe(settings.datasets_folder, name) is None:
        return
    with transaction(database, read_only=True) as session:
        for kind, status in itertools.product(READING, UNFINISHED):
            filters = {"dataset": name, "kind": kind, "status": status}
            using = jobs.find(session, filters, limit=1).items
            if using:
                raise DatasetConflictError(
                    f"job '{using[0].id}' needs dataset '{name}' as it is; wait for it or cancel it"
                )


def _fetch_job(session: Session, name: str) -> Job | None:
    found = jobs.find(session, {"kind": JobKind.FETCH, "dataset": name}, limit=1).items
    return found[0] if found else None


def _document(session: Session, settings: Settings, name: str) -> DatasetDocument:
    known = store.describe(settings.datasets_folder, name)
    if known is not None:
        return _ready(known)
    if name not in datasets:
        ready = store.names(settings.datasets_folder)
        raise UnknownNameError("dataset", name, sorted({*datasets, *ready}))
    job = _fetch_job(session, name)
    state: Literal["absent", "fetching", "failed"] = "absent"
    if job is not None and job.status in UNFINISHED:
        state = "fetching"
    elif job is not None and job.status == JobStatus.FAILED:
        state = "failed"
    return DatasetDocument(
        name=name,
        description=datasets.description(name),
        state=state,
        error=job.error if job else None,
    )


def _ready(known: DatasetDescription) -> DatasetDocument:
    description = datasets.description(known.name) if known.name in datasets else "Uploaded."
    return DatasetDocument(
        name=known.name,
        description=description,
        state="ready",
        image_shape=Shape(**known.image_shape._asdict()),
        classes=list(known.classes),
        sizes=Sizes(train=known.num_train, validation=known.num_validation, test=known.num_test),
        sha256=known.sha256,
        source=known.source,
        note=known.note or None,
    )
