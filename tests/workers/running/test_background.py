"""Jobs that run beside trainings: a real worker prepares an upload while it trains."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.waiting import until
from tests.workers.installation import Installation
from workers.datasets.stored.registration import find_description
from workers.datasets.upload_options import UploadOptions
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.database import transaction
from workers.storage.tables import JobStatus

LONG = {"epochs": 500, "batch_size": 32}


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "data")


def enqueue_upload(installation: Installation, folder: Path) -> str:
    generator = np.random.default_rng(0)
    file = folder / "mine.npz"
    images = generator.integers(0, 255, (60, 8, 8), dtype=np.uint8)
    np.savez(file, images=images, labels=np.arange(60) % 3)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    path = installation.datasets.keep_upload(file, sha256)
    options = {"upload": path, "upload_sha256": sha256, "options": UploadOptions().as_json()}
    with transaction(installation.database) as session:
        request = JobRequest("upload", "mine", options=options, background=True)
        return jobs.enqueue(session, request, now=datetime.now(UTC)).id


def test_an_upload_is_prepared_while_a_training_runs(
    installation: Installation, tmp_path: Path
) -> None:
    training = installation.enqueue(LONG)
    behind = installation.enqueue(LONG, seed=1)
    with installation.worker():
        until(lambda: installation.job(training).epoch >= 1)
        upload = enqueue_upload(installation, tmp_path)

        prepared = installation.ended(upload)

        assert (prepared.status, prepared.error) == (JobStatus.SUCCEEDED, None)
        assert installation.job(training).status == JobStatus.RUNNING
        assert installation.job(behind).status == JobStatus.QUEUED
        for job_id in (behind, training):
            installation.cancel(job_id)
        installation.ended(training)
    with transaction(installation.database, read_only=True) as session:
        described = find_description(session, "mine")
    assert described is not None
    assert described.classes == ("0", "1", "2")
