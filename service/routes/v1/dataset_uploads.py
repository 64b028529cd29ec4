"""Datasets that clients bring: uploaded and deleted."""

import hashlib
import inspect
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.dependencies import CurrentSettings, Database, Datasets
from service.errors import TooLargeError, refusals
from service.requests.uploads import upload_options
from service.routes.v1.datasets import DatasetDocument, Name, ready_document
from workers.datasets.errors import DatasetConflictError
from workers.datasets.formats import formats
from workers.datasets.preparing.options import UploadOptions
from workers.datasets.preparing.uploaded_file import prepare_file_apart
from workers.datasets.registration import Upload, clear, unregister
from workers.datasets.store import DatasetStore
from workers.datasets.upload import UploadRequest, import_upload
from workers.queue import jobs
from workers.storage.database import transaction

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

UPLOADING = "\n\n".join(
    [
        "Upload a zip, tar, tar.gz, tar.bz2 or tar.xz, an .npz or a .parquet file, in one of these"
        " formats:",
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
    name: Name,
    request: Request,
    database: Database,
    datasets: Datasets,
    settings: CurrentSettings,
    options: Annotated[UploadOptions, Depends(upload_options)],
) -> DatasetDocument:
    """Keep an uploaded archive as a dataset."""
    await run_in_threadpool(_refuse_early, database, name)
    datasets.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=datasets.folder, prefix=".received-") as temporary:
        sha256 = await _receive(request, cast("BinaryIO", temporary), settings.max_upload_bytes)
        upload = UploadRequest(name, Upload(Path(temporary.name), sha256), options)
        return await run_in_threadpool(_import, database, datasets, upload)


@router.delete("/{name}", status_code=204, summary="Delete a dataset", responses=refusals(404, 409))
def delete_dataset(name: Name, database: Database, datasets: Datasets) -> None:
    """Delete a dataset; models that were trained on it stay usable."""
    with transaction(database) as session:
        refuse_if_needed(session, name)
        files = unregister(session, name)
    clear(database, datasets, files)


def refuse_if_needed(session: Session, name: str) -> None:
    """DatasetConflictError where unfinished jobs need the dataset: all must see the same data."""
    job = jobs.first_bound(session, name)
    if job:
        raise DatasetConflictError(
            f"job '{job.id}' needs dataset '{name}' as it is; wait for it or cancel it"
        )


async def _receive(request: Request, file: BinaryIO, most_bytes: int) -> str:
    """Write the body to a file; returns its SHA-256."""
    received, digest = 0, hashlib.sha256()
    async for block in request.stream():
        received += len(block)
        if received > most_bytes:
            raise TooLargeError(f"the upload is larger than the {most_bytes:,} bytes accepted")
        file.write(block)
        digest.update(block)
    file.flush()
    return digest.hexdigest()


def _refuse_early(database: Engine, name: str) -> None:
    with transaction(database, read_only=True) as session:
        refuse_if_needed(session, name)


def _import(database: Engine, datasets: DatasetStore, upload: UploadRequest) -> DatasetDocument:
    description = import_upload(
        database,
        datasets,
        upload,
        prepare=prepare_file_apart,
        refuse=lambda session: refuse_if_needed(session, upload.name),  # again: this took its time
    )
    return ready_document(upload.name, description)
