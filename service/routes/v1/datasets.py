"""Datasets, listed and fetched."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from models import UnknownNameError
from service.dependencies import ReadSession, WriteSession
from service.errors import refusals
from service.requests import fields
from service.routes._document import Document
from service.routes.v1.jobs import JobDocument, enqueued
from workers.datasets.images.geometry import Fit
from workers.datasets.known import datasets
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.registration import find_description
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.database import utc_now
from workers.storage.kind_names import FETCH
from workers.storage.labels import fold
from workers.storage.ready_datasets import find_all, names
from workers.storage.tables import UNFINISHED, Dataset, Job, JobStatus

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])


Name = Annotated[str, Path(max_length=64, examples=["digits"])]
Search = Annotated[
    fields.Name | None, Query(description="text in name or description, whatever its case")
]
State = Literal["ready", "absent", "fetching", "failed"]


class Shape(BaseModel):
    """Of one image, in pixels."""

    channels: int
    height: int
    width: int

    @classmethod
    def of(cls, shape: Sequence[int]) -> Self:
        """The shape of images as (channels, height, width)."""
        channels, height, width = shape
        return cls(channels=channels, height=height, width=width)


class Sizes(BaseModel):
    """Images in each split; validation is taken from what the source calls train."""

    train: int
    validation: int
    test: int


class Geometry(BaseModel):
    """How images of any size get the size of the dataset's."""

    width: int
    height: int
    fit: Fit
    scale: list[float] | None = Field(
        description="the numbers of black and white, where images have more than 8 bits"
    )


class SkippedFiles(BaseModel):
    """Files that were not taken, for one reason."""

    reason: str
    count: int
    examples: list[str] = Field(description="the first names")


class DatasetDocument(Document):
    """A dataset that is known or has been uploaded."""

    name: str = Field(examples=["mnist"])
    description: str
    state: State
    error: str | None = Field(None, description="why the last fetch failed")
    image_shape: Shape | None = None
    classes: list[str] | None = None
    sizes: Sizes | None = None
    sha256: str | None = Field(None, description="of the content, whatever file it came from")
    split: str | None = Field(
        None,
        description="the rule by which it was split; with the content's hash it is what jobs and"
        " comparisons are pinned to",
        examples=["given", "stratified-validation10", "stratified-test20-validation10"],
    )
    source: str | None = None
    geometry: Geometry | None = None
    num_resized: int | None = Field(None, description="images that had another size")
    skipped: list[SkippedFiles] | None = Field(None, description="what was not taken, by reason")
    notes: list[str] | None = Field(None, description="what was found out, and changed on the way")
    note: str | None = Field(None, description="the notes as one text", deprecated=True)


class DatasetList(BaseModel):
    """Every dataset; there is no second page."""

    items: list[DatasetDocument]
    next: None = None


@router.get("", summary="List datasets")
def list_datasets(session: ReadSession, search: Search = None) -> DatasetList:
    """Every dataset that can be fetched or has been uploaded, with its state."""
    ready = {row.name: ready_document(row.name, _description(row)) for row in find_all(session)}
    absent = set(datasets) - set(ready)
    fetches = jobs.newest_by_dataset(session, FETCH, absent)
    documents = ready | {name: _absent_document(name, fetches.get(name)) for name in absent}
    wanted = [documents[name] for name in sorted(documents)]
    if search:
        wanted = [
            each for each in wanted if fold(search) in fold(f"{each.name}\n{each.description}")
        ]
    return DatasetList(items=wanted)


@router.get("/{name}", summary="Show a dataset", responses=refusals(404))
def show_dataset(name: Name, session: ReadSession) -> DatasetDocument:
    """One dataset: its state, and when it is ready its shape, classes, sizes and checksum."""
    description = find_description(session, name)
    if description is not None:
        return ready_document(name, description)
    if name not in datasets:
        raise UnknownNameError("dataset", name, sorted({*datasets, *names(session)}))
    return _absent_document(name, jobs.newest_by_dataset(session, FETCH, [name]).get(name))


@router.post("/{name}/fetch", status_code=202, summary="Fetch a dataset", responses=refusals(404))
def fetch_dataset(name: Name, session: WriteSession, response: Response) -> JobDocument:
    """Enqueue a job that makes a dataset ready; one that waits or runs already is returned."""
    if name not in datasets:
        raise UnknownNameError("dataset", name, list(datasets))
    job = jobs.first_unfinished(session, name, Job.kind == FETCH)
    if job is None:
        job = jobs.enqueue(session, JobRequest(kind=FETCH, dataset=name), now=utc_now())
    return enqueued(job, response)


def ready_document(name: str, description: DatasetDescription) -> DatasetDocument:
    """A dataset that is ready as the API shows it."""
    return DatasetDocument.from_attributes(
        description,
        name=name,
        description=datasets.description(name) if name in datasets else "Uploaded.",
        state="ready",
        error=None,
        image_shape=Shape.of(description.image_shape),
        geometry=description.preparation.as_json(),
        note="; ".join(description.notes) or None,
    )


def _description(row: Dataset) -> DatasetDescription:
    return DatasetDescription.from_json(row.description)


def _absent_document(name: str, fetch: Job | None) -> DatasetDocument:
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
