"""Datasets, listed and fetched."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from models import UnknownNameError
from service.dependencies import CurrentSettings, ReadSession, WriteSession
from service.errors import refusals
from service.routes.v1.jobs import JobDocument, job_document
from workers.datasets import store
from workers.datasets.known import datasets
from workers.datasets.store import DatasetDescription
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.database import utc_now
from workers.storage.tables import UNFINISHED, Job, JobStatus

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

FETCH = "fetch"  # the kind of job that makes a dataset ready

Name = Annotated[str, Path(max_length=64, examples=["digits"])]
State = Literal["ready", "absent", "fetching", "failed"]


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
    state: State
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
    names = store.names(settings.datasets_folder)
    descriptions = (store.describe(settings.datasets_folder, name) for name in names)
    ready = {known.name: ready_document(known) for known in descriptions if known}
    absent = set(datasets) - set(ready)
    fetches = jobs.newest_by_dataset(session, FETCH, absent)
    documents = ready | {name: _absent(name, fetches.get(name)) for name in absent}
    return DatasetList(items=[documents[name] for name in sorted(documents)])


@router.get("/{name}", summary="Show a dataset", responses=refusals(404))
def show_dataset(name: Name, session: ReadSession, settings: CurrentSettings) -> DatasetDocument:
    """One dataset: its state, and when it is ready its shape, classes, sizes and checksum."""
    description = store.describe(settings.datasets_folder, name)
    if description is not None:
        return ready_document(description)
    if name not in datasets:
        ready = store.names(settings.datasets_folder)
        raise UnknownNameError("dataset", name, sorted({*datasets, *ready}))
    return _absent(name, jobs.newest_by_dataset(session, FETCH, [name]).get(name))


@router.post("/{name}/fetch", status_code=202, summary="Fetch a dataset", responses=refusals(404))
def fetch_dataset(name: Name, session: WriteSession, response: Response) -> JobDocument:
    """Enqueue a job that makes a dataset ready; one that waits or runs already is returned."""
    if name not in datasets:
        raise UnknownNameError("dataset", name, list(datasets))
    job = jobs.first_unfinished(session, name, [FETCH])
    if job is None:
        job = jobs.enqueue(session, JobRequest(kind=FETCH, dataset=name), now=utc_now())
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_document(job)


def ready_document(description: DatasetDescription) -> DatasetDocument:
    """A dataset in the data folder as the API shows it."""
    name = description.name
    return DatasetDocument(
        name=name,
        description=datasets.description(name) if name in datasets else "Uploaded.",
        state="ready",
        image_shape=Shape(**description.image_shape._asdict()),
        classes=list(description.classes),
        sizes=Sizes(
            train=description.num_train,
            validation=description.num_validation,
            test=description.num_test,
        ),
        sha256=description.sha256,
        source=description.source,
        note=description.note or None,
    )


def _absent(name: str, fetch: Job | None) -> DatasetDocument:
    """A dataset that can be fetched, with what came of the newest fetch."""
    state: State = "absent"
    if fetch and fetch.status in UNFINISHED:
        state = "fetching"
    elif fetch and fetch.status == JobStatus.FAILED:
        state = "failed"
    return DatasetDocument(
        name=name,
        description=datasets.description(name),
        state=state,
        error=fetch.error if fetch else None,
    )
