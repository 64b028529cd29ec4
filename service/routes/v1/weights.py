"""Pretrained weights that clients bring, and those that were fetched for an architecture."""

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from service.dependencies import CurrentSettings, Database, ReadSession, Weights
from service.errors import refusals
from service.routes._document import Document
from service.routes._received import BINARY, ReceivedFile, received
from workers.storage.full_disk import refusing_full_disk
from workers.weights import registration
from workers.weights.clearing import delete
from workers.weights.registration import find_all, get
from workers.weights.store import SCRATCH, check_name, check_upload_name

router = APIRouter(prefix="/v1/weights", tags=["weights"])

Name = Annotated[str, Path(max_length=128, examples=["efficientnet_lite0"])]
UPLOADED = "upload"  # the source of what a client brought


class WeightsDocument(Document):
    """A file of pretrained weights."""

    name: str = Field(examples=["efficientnet_lite0"])
    sha256: str = Field(description="of the safetensors file")
    num_bytes: int
    num_tensors: int
    num_parameters: int = Field(description="numbers in all tensors, buffers among them")
    source: str = Field(examples=["upload", "the hub's repository timm/efficientnet_lite0.ra_in1k"])
    licence: str | None = Field(description="where it is known", examples=["apache-2.0"])
    created_at: datetime


class WeightsList(BaseModel):
    """All weights; there is no second page."""

    items: list[WeightsDocument]
    next: None = None


@dataclass(frozen=True)
class WeightsUploads:
    """Where uploaded weights are kept."""

    database: Database
    weights: Weights
    settings: CurrentSettings

    def keep(self, name: str, file: ReceivedFile) -> WeightsDocument:
        """Check a file and let the name stand for it."""
        with refusing_full_disk(self.settings.data):
            row = registration.keep(
                self.database, self.weights, name, file.path, registration.Origin(UPLOADED)
            )
        return WeightsDocument.from_attributes(row)


@router.get("", summary="List weights")
def list_weights(session: ReadSession) -> WeightsList:
    """Pretrained weights that were uploaded, or were found for an architecture and kept."""
    return WeightsList(items=[WeightsDocument.from_attributes(row) for row in find_all(session)])


@router.get("/{name}", summary="Show weights", responses=refusals(404, 422))
def show_weights(name: Name, session: ReadSession) -> WeightsDocument:
    """Pretrained weights: the SHA-256 of their file, where they come from, and their licence."""
    return WeightsDocument.from_attributes(get(session, name))


@router.put(
    "/{name}",
    status_code=201,
    summary="Upload weights",
    responses=refusals(413, 422, 503),
    openapi_extra=BINARY,
    max_body_size=sys.maxsize,  # the setting's limit is enforced as the body comes in
)
async def upload_weights(
    name: Name, request: Request, uploads: Annotated[WeightsUploads, Depends()]
) -> WeightsDocument:
    """Upload pretrained weights as a safetensors file, under the names of the network's state dict.

    The classifier may be missing, since a training has a new one; the weights of a model of timm that was
    trained here are accepted as they are.
    Every number must be finite. They take the place of weights of that name; models that were trained
    from those stay as they are. A pickled file (.pth, .bin) is refused: it could run code.
    """
    check_upload_name(name)
    folder, max_bytes = uploads.weights.folder, uploads.settings.max_upload_bytes
    async with received(request, folder, SCRATCH, max_bytes) as file:
        return await run_in_threadpool(uploads.keep, name, file)


@router.delete(
    "/{name}", status_code=204, summary="Delete weights", responses=refusals(404, 422, 503)
)
def delete_weights(name: Name, database: Database, weights: Weights) -> None:
    """Delete weights; models that were trained from them stay usable."""
    check_name(name)
    delete(database, weights, name)
