"""Datasets that clients bring: uploaded and deleted."""

import inspect
import sys
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from service.dependencies import CurrentSettings, Database, Datasets
from service.errors import refusals
from service.requests.uploads import ResizeForm, upload_options
from service.routes._received import BINARY, received
from service.routes.v1.datasets import DatasetDocument, Name, ready_document
from service.routes.v1.jobs import JobDocument, enqueued, job_document
from workers.datasets.errors import NoUploadError
from workers.datasets.formats import formats
from workers.datasets.preparing.uploaded_file import prepare_file_apart
from workers.datasets.stored.clearing import clear
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.registration import Upload, unregister
from workers.datasets.stored.store import RECEIVING, DatasetAbsentError, check_name
from workers.datasets.upload import UploadRequest, import_upload
from workers.datasets.upload_options import UploadOptions
from workers.queue import jobs
from workers.queue.dataset_checks import enqueue_checks
from workers.queue.jobs import JobRequest
from workers.storage import ready_datasets
from workers.storage.database import transaction, utc_now
from workers.storage.full_disk import refusing_full_disk
from workers.storage.kind_names import UPLOAD

router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

UPLOAD_DESCRIPTION = "\n\n".join(
    [
        "Upload a zip, tar, tar.gz, tar.bz2 or tar.xz, an .npz or a .parquet file, in one of these"
        " formats:",
        "\n".join(f"- {inspect.getdoc(form)}" for form in formats().values()),
        "It takes the place of a dataset of that name, unless jobs still need that.",
    ]
)
RESPOND_ASYNC = "respond-async"
PREFER = "`respond-async`: answer at once with a job that prepares the upload (RFC 7240)"


@dataclass(frozen=True)
class Uploads:
    """Where uploads are prepared and kept."""

    database: Database
    datasets: Datasets
    settings: CurrentSettings

    def refuse_early(self, name: str) -> None:
        """Refuse before the body is read what would be refused afterwards."""
        check_name(name)
        with transaction(self.database, read_only=True) as session:
            jobs.refuse_if_needed(session, name)

    def prepare(self, upload: UploadRequest) -> DatasetDocument:
        """Make the dataset now."""
        description = import_upload(
            self.database,
            self.datasets,
            upload,
            prepare=prepare_file_apart,
            # Again: a job may have come to need the dataset while the upload was prepared.
            refuse=lambda session: jobs.refuse_if_needed(session, upload.name),
            attempt=lambda send: send(),  # once: with retries the client would wait for minutes
        )
        with transaction(self.database) as session:
            enqueue_checks(session, upload.name, now=utc_now())
        return ready_document(upload.name, description)

    def enqueue(self, upload: UploadRequest) -> JobDocument:
        """Keep the file, and enqueue the job that makes the dataset."""
        file, sha256 = upload.upload
        with refusing_full_disk(*self.datasets.folders):
            # Before the transaction: a slow store must not hold the database.
            self.datasets.keep_upload(file, sha256)
        # Again within the transaction, or clear() could remove it before the job's row is there.
        with transaction(self.database) as session:
            ready_datasets.lock_files(session)
            path = self.datasets.keep_upload(file, sha256)
            request = _job(upload.name, path, sha256, upload.options)
            return job_document(jobs.enqueue(session, request, now=utc_now()))


@router.put(
    "/{name}",
    status_code=201,
    summary="Upload a dataset",
    description=UPLOAD_DESCRIPTION,
    response_model=DatasetDocument,
    responses={
        202: {"model": JobDocument, "description": "with `Prefer: respond-async`: the job"},
        **refusals(409, 413, 422, 503),
    },
    openapi_extra=BINARY,
    max_body_size=sys.maxsize,  # the setting's limit is enforced as the body comes in
)
async def upload_dataset(
    name: Name,
    request: Request,
    uploads: Annotated[Uploads, Depends()],
    options: Annotated[UploadOptions, Depends(upload_options)],
    prefer: Annotated[str, Header(max_length=200, description=PREFER)] = "",
) -> Any:
    """Keep an uploaded archive as a dataset."""
    await run_in_threadpool(uploads.refuse_early, name)
    max_bytes = uploads.settings.max_upload_bytes
    async with received(request, uploads.datasets.folder, RECEIVING, max_bytes) as file:
        upload = UploadRequest(name, Upload(*file), options)
        if RESPOND_ASYNC not in [part.strip().lower() for part in prefer.split(",")]:
            return await run_in_threadpool(uploads.prepare, upload)
        job = await run_in_threadpool(uploads.enqueue, upload)
    headers = {"Location": f"/v1/jobs/{job.id}", "Preference-Applied": RESPOND_ASYNC}
    return JSONResponse(job.model_dump(mode="json"), 202, headers)


@router.post(
    "/{name}/geometry",
    status_code=202,
    summary="Resize a dataset",
    responses=refusals(404, 409, 422),
)
def resize_dataset(
    name: Name, body: ResizeForm, database: Database, response: Response
) -> JobDocument:
    """Make the same upload at another size under a name of its own, without uploading again."""
    with transaction(database) as session:
        ready_datasets.lock_files(session)
        row = ready_datasets.find(session, name)
        if row is None:
            raise DatasetAbsentError(name)
        if row.upload is None:
            raise NoUploadError(name)
        check_name(body.new_name)
        jobs.refuse_if_needed(session, body.new_name)
        before = DatasetDescription.from_json(row.description)
        request = _job(
            body.new_name, row.upload, str(row.upload_sha256), body.options(before.options)
        )
        return enqueued(jobs.enqueue(session, request, now=utc_now()), response)


@router.delete("/{name}", status_code=204, summary="Delete a dataset", responses=refusals(404, 409))
def delete_dataset(name: Name, database: Database, datasets: Datasets) -> None:
    """Delete a dataset; models that were trained on it stay usable."""
    with transaction(database) as session:
        jobs.refuse_if_needed(session, name)
        files = unregister(session, name)
    clear(database, datasets, files)


def _job(name: str, path: str, sha256: str, options: UploadOptions) -> JobRequest:
    """The job that makes dataset `name` of an upload in the artifact store."""
    return JobRequest(
        kind=UPLOAD,
        dataset=name,
        options={"upload": path, "upload_sha256": sha256, "options": options.as_json()},
        background=True,
    )
