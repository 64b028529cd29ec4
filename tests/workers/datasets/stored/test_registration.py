"""Names and files: what nothing needs is cleared away, and what anything may still need stays."""

import errno
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.migrated import migrate
from tests.workers.datasets.uploads import class_folders, tarred, zipped
from workers.datasets.archives import tar_archive
from workers.datasets.errors import ArchiveError, DatasetConflictError
from workers.datasets.preparing import pieces
from workers.datasets.preparing.uploaded_file import prepare_file_apart
from workers.datasets.stored.clearing import clear
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.registration import Upload, find_description, unregister
from workers.datasets.stored.store import DatasetGoneError, DatasetStore
from workers.datasets.upload import UploadRequest, import_upload
from workers.datasets.upload_options import UploadOptions
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.full_disk import DiskFullError
from workers.storage.kind_names import TRAIN
from workers.storage.ready_datasets import DatasetIdentity, is_upload_needed, lock_files
from workers.storage.tables import JobStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CATS = zipped(class_folders({"cat": 5, "dog": 5}))
BIRDS = zipped(class_folders({"bird": 6, "dog": 5}))


class Installation:
    """A database and the files of datasets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        url = f"sqlite:///{folder / 'bakeoff.db'}"
        migrate(url)
        self.database: Engine = open_database(url)
        self.artifacts = ArtifactStore(str(folder / "artifacts"))
        self.store = DatasetStore(self.artifacts, folder / "datasets")

    def upload(self, content: bytes, name: str = "mine", **options: Any) -> DatasetIdentity:
        file = self.folder / "received"
        file.write_bytes(content)
        upload = Upload(file, hashlib.sha256(content).hexdigest())
        request = UploadRequest(name, upload, UploadOptions(**options))
        return import_upload(
            self.database,
            self.store,
            request,
            prepare=prepare_file_apart,
            refuse=lambda session: jobs.refuse_if_needed(session, name),
            attempt=lambda send: send(),
        ).identity

    def delete(self, name: str = "mine") -> None:
        with transaction(self.database) as session:
            jobs.refuse_if_needed(session, name)
            files = unregister(session, name)
        clear(self.database, self.store, files)

    def train(self, status: JobStatus) -> str:
        with transaction(self.database) as session:
            request = JobRequest(
                TRAIN, "mine", "cnn", recipe={}, recipe_hash="0", pins_dataset=True
            )
            job = jobs.enqueue(session, request, now=NOW)
            job.status = status
            return job.id

    def identity(self, name: str = "mine") -> DatasetIdentity | None:
        with transaction(self.database, read_only=True) as session:
            described = find_description(session, name)
        return described.identity if described else None

    def prepared(self) -> int:
        """How many prepared files there are; this machine has a copy of each."""
        local = [path.name for path in (self.folder / "datasets").iterdir()]
        assert sorted(local) == self.artifacts.names("datasets")
        return len(local)

    def uploads(self) -> int:
        return len(self.artifacts.names("uploads"))


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.database.dispose()


def test_what_replaces_a_dataset_takes_its_name_and_the_old_files_go(
    installation: Installation,
) -> None:
    first = installation.upload(CATS)

    second = installation.upload(BIRDS)

    assert installation.identity() == second != first
    assert (installation.prepared(), installation.uploads()) == (1, 1)
    assert not installation.store.has(first)


def test_the_same_upload_again_changes_nothing(installation: Installation) -> None:
    first = installation.upload(CATS)

    assert installation.upload(CATS) == first
    assert installation.store.path(first, "mine").exists()
    assert (installation.prepared(), installation.uploads()) == (1, 1)


def test_the_same_content_in_another_container_replaces_the_upload_alone(
    installation: Installation,
) -> None:
    first = installation.upload(CATS)

    assert installation.upload(tarred(class_folders({"cat": 5, "dog": 5}))) == first
    assert (installation.prepared(), installation.uploads()) == (1, 1)


def test_another_share_for_the_test_is_another_dataset_of_the_same_upload(
    installation: Installation,
) -> None:
    first = installation.upload(CATS)

    other = installation.upload(CATS, test_share=0.4)

    assert (other.sha256, installation.identity()) == (first.sha256, other)
    assert other.split != first.split
    assert (installation.prepared(), installation.uploads()) == (1, 1)


def test_two_names_share_the_files_of_the_same_content(installation: Installation) -> None:
    identity = installation.upload(CATS, "mine")
    assert installation.upload(CATS, "yours") == identity
    assert (installation.prepared(), installation.uploads()) == (1, 1)

    installation.delete("mine")

    assert installation.identity("mine") is None
    assert installation.store.path(identity, "yours").exists()
    assert installation.uploads() == 1
    installation.delete("yours")
    assert (installation.prepared(), installation.uploads()) == (0, 0)


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.RUNNING])
def test_nothing_changes_while_a_job_waits_or_runs(
    installation: Installation, status: JobStatus
) -> None:
    identity = installation.upload(CATS)
    job_id = installation.train(status)

    for change in (lambda: installation.upload(BIRDS), installation.delete):
        with pytest.raises(jobs.JobStateError, match=f"'{job_id}' needs dataset 'mine'"):
            change()

    assert installation.identity() == identity
    assert (installation.prepared(), installation.uploads()) == (1, 1)


@pytest.mark.parametrize("moment", ["prepared", "sent"])
def test_a_job_that_comes_to_need_the_dataset_while_an_upload_is_under_way_refuses_it(
    installation: Installation, moment: str
) -> None:
    identity = installation.upload(CATS)
    enqueued: list[str] = []

    def prepare(*given: Any) -> DatasetDescription:
        described = prepare_file_apart(*given)
        if moment == "prepared":
            enqueued.append(installation.train(JobStatus.QUEUED))
        return described

    def send_slowly(send: Callable[[], None]) -> None:
        send()
        if moment == "sent":
            enqueued.append(installation.train(JobStatus.RUNNING))

    file = installation.folder / "received"
    file.write_bytes(BIRDS)
    request = UploadRequest(
        "mine", Upload(file, hashlib.sha256(BIRDS).hexdigest()), UploadOptions()
    )
    with pytest.raises(jobs.JobStateError, match="needs dataset 'mine'"):
        import_upload(
            installation.database,
            installation.store,
            request,
            prepare=prepare,
            refuse=lambda session: jobs.refuse_if_needed(session, "mine"),
            attempt=send_slowly,
        )

    assert len(enqueued) == 1
    assert installation.identity() == identity


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.CANCELLED])
def test_a_job_that_can_be_tried_again_keeps_its_own_version(
    installation: Installation, status: JobStatus
) -> None:
    first = installation.upload(CATS)
    job_id = installation.train(status)

    installation.upload(BIRDS)

    assert (installation.prepared(), installation.uploads()) == (2, 1)
    with transaction(installation.database) as session:
        job = jobs.retry(session, job_id, now=NOW)
        assert (job.dataset_sha256, job.dataset_split) == first
    assert installation.store.path(first, "mine").exists()
    # The job goes on with what the name no longer stands for; a replacement would not harm it.


@pytest.mark.parametrize("change", ["replace", "delete"])
def test_a_job_that_has_succeeded_keeps_nothing(installation: Installation, change: str) -> None:
    first = installation.upload(CATS)
    installation.train(JobStatus.SUCCEEDED)

    if change == "delete":
        installation.delete()
    else:
        installation.upload(BIRDS)

    assert not installation.store.has(first)
    with pytest.raises(DatasetGoneError, match="no longer there"):
        installation.store.path(first, "mine")


def test_a_copy_that_this_machine_lacks_is_fetched_from_the_artifacts(
    installation: Installation,
) -> None:
    identity = installation.upload(CATS)
    content = installation.store.path(identity, "mine").read_bytes()
    installation.store.path(identity, "mine").unlink()

    assert installation.store.path(identity, "mine").read_bytes() == content


def test_an_upload_that_is_refused_leaves_everything_as_it_was(installation: Installation) -> None:
    identity = installation.upload(CATS)

    for content, name in ((b"no archive", "mine"), (CATS[:-50], "new")):
        with pytest.raises(ArchiveError):
            installation.upload(content, name)
    with pytest.raises(DatasetConflictError, match="under another name"):
        installation.upload(BIRDS, "digits")

    assert installation.identity() == identity
    assert installation.identity("new") is installation.identity("digits") is None
    assert (installation.prepared(), installation.uploads()) == (1, 1)


@pytest.mark.parametrize("status", sorted(set(JobStatus) - {JobStatus.SUCCEEDED}))
def test_an_upload_that_a_job_may_still_prepare_stays(
    installation: Installation, status: JobStatus
) -> None:
    installation.upload(CATS)
    [name] = installation.artifacts.names("uploads")
    with transaction(installation.database) as session:
        options = {"upload": f"uploads/{name}", "upload_sha256": name, "options": {}}
        request = JobRequest("upload", "other", options=options)
        jobs.enqueue(session, request, now=utc_now()).status = status

    installation.delete()

    assert installation.artifacts.names("uploads") == [name]


def test_a_waiting_upload_is_found_in_every_database(database: Engine) -> None:
    with transaction(database) as session:
        lock_files(session)
        options = {"upload": "uploads/1", "upload_sha256": "1", "options": {}}
        jobs.enqueue(session, JobRequest("upload", "other", options=options), now=NOW)

    with transaction(database, read_only=True) as session:
        assert is_upload_needed(session, "uploads/1", now=NOW)
        assert not is_upload_needed(session, "uploads/2", now=NOW)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_from_a_damaged_archive_and_leaves_nothing(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(number, "full")

    monkeypatch.setattr(tar_archive, "_copy", full)
    with pytest.raises(DiskFullError, match="the disk is full") as unpacking:
        installation.upload(tarred(class_folders({"cat": 5, "dog": 5}), "w:gz"))
    monkeypatch.setattr(pieces.os, "pwrite", full)
    with pytest.raises(DiskFullError):
        installation.upload(CATS)

    assert unpacking.value.status == 503
    assert (installation.prepared(), installation.uploads()) == (0, 0)
