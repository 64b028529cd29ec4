"""The job that makes a dataset of an uploaded file, beside trainings; it can be followed and cancelled."""

import tempfile
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from workers.datasets.preparing.uploaded_file import prepare_file
from workers.datasets.stored.registration import Upload
from workers.datasets.stored.store import UPLOADING, DatasetStore
from workers.datasets.upload import UploadRequest, import_upload
from workers.datasets.upload_options import UploadOptions
from workers.queue import jobs, leases
from workers.queue.dataset_checks import enqueue_checks
from workers.queue.leases import Lease
from workers.queue.progress import ImageProgress
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.full_disk import refusing_full_disk
from workers.storage.retries import with_retries
from workers.storage.tables import Job


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Prepare the file that the options name, and let the job's dataset stand for it."""
    database = open_database(settings.resolved_database_url)
    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    store = DatasetStore(artifacts, settings.datasets_folder)
    store.folder.mkdir(parents=True, exist_ok=True)

    def refuse(session: Session) -> None:
        jobs.refuse_if_needed(session, job.dataset)
        leases.record_progress(session, lease, {"phase": "storing"})  # or the lease is lost

    with (
        refusing_full_disk(*store.folders),
        tempfile.TemporaryDirectory(dir=store.folder, prefix=UPLOADING) as scratch,
    ):
        file = Path(scratch) / "upload"
        with_retries(partial(_get_upload, store, job, file))
        upload = Upload(file, job.options["upload_sha256"])
        options = UploadOptions.from_json(job.options["options"])
        progress = ImageProgress(database, lease)
        description = import_upload(
            database,
            store,
            UploadRequest(job.dataset, upload, options),
            prepare=partial(prepare_file, report=lambda done: progress.report(*done)),
            refuse=refuse,
            attempt=with_retries,
        )

    def succeed() -> None:
        with transaction(database) as session:
            enqueue_checks(session, job.dataset, now=utc_now())
            leases.succeed(session, lease, result=description.as_json(), now=utc_now())

    with_retries(succeed)


def _get_upload(store: DatasetStore, job: Job, file: Path) -> None:
    with refusing_full_disk(*store.folders):  # here, since nobody is to wait for that
        store.get_upload(job.options["upload"], file)
