"""What nothing needs any more is cleared away in time, whoever left it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.migrated import migrate
from workers.datasets.stored.clearing import GRACE, clear_unneeded
from workers.datasets.stored.store import DatasetStore, UploadGoneError
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.ready_datasets import KEPT, DatasetIdentity
from workers.storage.tables import Dataset, JobStatus

NOW = datetime(2026, 1, 20, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=15)
HOUR = timedelta(hours=1)
PREPARED = DatasetIdentity("a" * 64, "given")


class Installation:
    """A database whose first job is 15 days old, and the files of datasets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        url = f"sqlite:///{folder / 'bakeoff.db'}"
        migrate(url)
        self.database = open_database(url)
        self.artifacts = ArtifactStore(str(folder / "artifacts"))
        self.store = DatasetStore(self.artifacts, folder / "datasets")
        self.store.folder.mkdir()
        self.enqueue("first", LONG_AGO, JobStatus.SUCCEEDED)

    def file(self, at: datetime) -> Path:
        path = self.folder / "file"
        path.unlink(missing_ok=True)
        path.write_bytes(b"content")
        os.utime(path, (at.timestamp(), at.timestamp()))
        return path

    def enqueue(self, sha256: str, ended: datetime, status: JobStatus) -> str:
        with transaction(self.database) as session:
            options = {"upload": f"uploads/{sha256}", "upload_sha256": sha256, "options": {}}
            request = JobRequest("upload", "mine", options=options)
            job = jobs.enqueue(session, request, now=ended - HOUR)
            job.status, job.finished_at = status, ended
            return job.id

    def upload(self, sha256: str, at: datetime, status: JobStatus | None = None) -> None:
        """Keep an upload, and a job of it that ended an hour later."""
        self.store.keep_upload(self.file(at), sha256)
        if status:
            self.enqueue(sha256, at + HOUR, status)

    def cleared(self) -> list[str]:
        clear_unneeded(self.database, self.store, now=NOW)
        return self.artifacts.names("uploads")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_the_upload_of_a_job_that_failed_stays_for_a_week(
    installation: Installation, status: JobStatus
) -> None:
    installation.upload("old", NOW - KEPT - 2 * HOUR, status)
    installation.upload("new", NOW - KEPT + HOUR, status)

    assert installation.cleared() == ["new"]


def test_an_upload_that_was_followed_by_a_better_one_goes_at_once(
    installation: Installation,
) -> None:
    installation.upload("failed", NOW - 2 * GRACE, JobStatus.FAILED)
    with transaction(installation.database) as session:
        session.add(
            Dataset(
                name="mine",
                sha256="b" * 64,
                split="given",
                description={},
                created_at=NOW - GRACE,
            )
        )

    assert installation.cleared() == []


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_what_a_job_still_prepares_stays_however_old_it_is(
    installation: Installation, status: JobStatus
) -> None:
    installation.upload("old", LONG_AGO + HOUR, status)

    assert installation.cleared() == ["old"]


def test_what_a_killed_process_stored_goes_after_a_day(installation: Installation) -> None:
    installation.upload("old", NOW - GRACE - HOUR)
    installation.upload("new", NOW - GRACE + HOUR)
    installation.store.send(installation.file(NOW - GRACE - HOUR), PREPARED)

    assert installation.cleared() == ["new"]
    assert installation.artifacts.names("datasets") == []


def test_a_copy_of_a_dataset_that_another_machine_deleted_goes(installation: Installation) -> None:
    installation.store.keep(installation.file(NOW - 2 * GRACE), PREPARED)
    installation.artifacts.delete("datasets")
    assert installation.store.has(PREPARED)

    installation.cleared()

    assert not installation.store.has(PREPARED)


def test_files_of_another_database_stay(installation: Installation) -> None:
    installation.upload("older", LONG_AGO - 2 * GRACE)

    assert installation.cleared() == ["older"]


def test_a_database_without_jobs_clears_nothing(tmp_path: Path, installation: Installation) -> None:
    installation.upload("kept", NOW - 2 * GRACE)
    migrate(f"sqlite:///{tmp_path / 'new.db'}")

    new = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    clear_unneeded(new, installation.store, now=NOW)

    assert installation.artifacts.names("uploads") == ["kept"]


def test_a_retry_that_comes_too_late_says_why_it_fails(
    installation: Installation, tmp_path: Path
) -> None:
    with pytest.raises(UploadGoneError, match="for 7 days, or until another upload takes the name"):
        installation.store.get_upload("uploads/gone", tmp_path / "upload")
