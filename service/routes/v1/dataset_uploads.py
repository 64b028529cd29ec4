"""Datasets that clients bring: uploaded and deleted."""

import functools
import inspect
import sys
import tempfile
from typing import Any, BinaryIO, cast

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine

from service.dependencies import CurrentSettings, Database
from service.errors import TooLargeError, refusals
from service.routes.v1.datasets import DatasetDocument, Name, ready_document
from workers import kinds
from workers.datasets import store
from workers.datasets.errors import DatasetConflictError
from workers.datasets.formats import formats
from workers.datasets.store import DatasetDescription
from workers.datasets.upload import import_archive
from workers.queue import jobs
from workers.settings import Settings
from workers.storage.database import transaction

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

UPLOADING = "\n\n".join(
    [
        "Upload an archive in one of these formats:",
        "\n".join(f"- {inspect.getdoc(form)}" for form in formats().values()),
        "It takes the place of a dataset of that name, unless jobs still need that.",
    ]
)
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
    description=UPLOADING,
    responses=refusals(409, 413, 422),
    openapi_extra=ARCHIVE,
    max_body_size=sys.maxsize,  # the setting's limit is enforced as the body comes in
)
async def upload_dataset(
    name: Name, request: Request, database: Database, settings: CurrentSettings
) -> DatasetDocument:
    """Keep an uploaded archive as a dataset."""
    await run_in_threadpool(_refuse_if_needed, database, settings, name)
    with tempfile.TemporaryFile() as temporary:
        file = cast("BinaryIO", temporary)
        await _receive(request, file, settings.max_upload_bytes)
        return ready_document(await run_in_threadpool(_import, database, settings, name, file))


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


def _import(database: Engine, settings: Settings, name: str, file: BinaryIO) -> DatasetDescription:
    _refuse_if_needed(database, settings, name)  # again: receiving took its time
    return import_archive(settings.datasets_folder, name, file)


def _refuse_if_needed(database: Engine, settings: Settings, name: str) -> None:
    """DatasetConflictError where unfinished jobs need the dataset: all must see the same data."""
    if store.describe(settings.datasets_folder, name) is None:
        return
    with transaction(database, read_only=True) as session:
        job = jobs.first_unfinished(session, name, _kinds_that_need_a_dataset())
    if job:
        raise DatasetConflictError(
            f"job '{job.id}' needs dataset '{name}' as it is; wait for it or cancel it"
        )


@functools.cache
def _kinds_that_need_a_dataset() -> tuple[str, ...]:
    return tuple(name for name in kinds.KINDS if kinds.load(name).NEEDS_DATASET)
