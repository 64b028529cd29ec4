"""The files of datasets: in the artifact store under their identity, with a copy on this machine."""

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from workers.errors import BakeoffError
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.storage.durable_files import PART
from workers.storage.ready_datasets import KEPT, DatasetIdentity
from workers.storage.scratch import lock_name, remove_abandoned

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
FILE = re.compile(r"([0-9a-f]{64})-(.+)\.safetensors")  # of a prepared dataset
#: Prefixes of scratch folders and files; no name of a dataset begins so.
UPLOADING, RECEIVING = ".-upload-", ".-received-"
PREPARED, UPLOADS = "datasets", "uploads"  # folders of the artifact store


class DatasetNameError(BakeoffError):
    """A name that no dataset can have."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a dataset's name is a lower-case letter, then up to 63 lower-case letters, digits or"
            f" underscores; {name[:80]!r} is not"
        )


class DatasetAbsentError(BakeoffError):
    """The dataset is not there."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, name: str) -> None:
        super().__init__(f"dataset '{name}' is not here; fetch or upload it first")


class DatasetGoneError(BakeoffError):
    """The content that a job was made for was replaced or deleted."""

    status = HTTPStatus.CONFLICT

    def __init__(self, name: str, identity: DatasetIdentity) -> None:
        super().__init__(
            f"the content of dataset '{name}' that this was made for ({identity.sha256[:12]}, split"
            f" {identity.split}) is no longer there; nothing goes on with other data"
        )


class UploadGoneError(BakeoffError):
    """What a job was to make a dataset of is not kept any more."""

    status = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(
            f"what was uploaded is gone: after a job has failed or was cancelled it is kept for"
            f" {KEPT.days} days, or until another upload takes the name; upload it again"
        )


def check_name(name: str) -> None:
    """DatasetNameError where no dataset can have this name."""
    if not NAME.fullmatch(name):
        raise DatasetNameError(name)


class DatasetStore:
    """Keeps prepared datasets and what they were made of; `folder` holds this machine's copies."""

    def __init__(self, artifacts: ArtifactStore, folder: Path) -> None:
        self._artifacts, self.folder = artifacts, folder

    @property
    def folders(self) -> list[Path]:
        """The folders of this machine that it writes to."""
        kept = self._artifacts.local_path("")
        return [self.folder, kept] if kept else [self.folder]

    def remove_abandoned(self) -> None:
        """Remove the scratch files of processes that were killed."""
        remove_abandoned(self.folder, (f"{UPLOADING}*", f"{RECEIVING}*", f".*{PART}"))

    def send(self, prepared: Path, identity: DatasetIdentity) -> None:
        """Put a prepared file into the artifact store, unless it has it."""
        self._put(_artifact(identity), prepared)

    def keep(self, prepared: Path, identity: DatasetIdentity) -> None:
        """Keep a prepared file, in the artifact store and here."""
        self.send(prepared, identity)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.local_path(identity).unlink(missing_ok=True)
        prepared.replace(self.local_path(identity))

    def path(self, identity: DatasetIdentity, name: str) -> Path:
        """This machine's copy of a prepared file, fetched if need be; DatasetGoneError."""
        local = self.local_path(identity)
        if not local.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                self._artifacts.get_file(_artifact(identity), local)
            except ArtifactError:
                raise DatasetGoneError(name, identity) from None
        return local

    def has(self, identity: DatasetIdentity) -> bool:
        """Whether the prepared file is there."""
        return self.local_path(identity).exists() or self._artifacts.has(_artifact(identity))

    def remove(self, identity: DatasetIdentity) -> None:
        """Remove a prepared file; trainings that have it open go on."""
        self.local_path(identity).unlink(missing_ok=True)
        self._artifacts.delete(_artifact(identity))

    def sizes(self, identity: DatasetIdentity) -> list[int]:
        """The bytes of the prepared file in the artifact store, if it is there."""
        return list(self._artifacts.sizes(_artifact(identity)).values())

    def keep_upload(self, file: Path, sha256: str) -> str:
        """Keep what was uploaded, under the SHA-256 of its bytes; returns its artifact path."""
        path = f"{UPLOADS}/{sha256}"
        self._put(path, file)
        return path

    def get_upload(self, path: str, target: Path) -> None:
        """Make a local file of what was uploaded; UploadGoneError."""
        try:
            self._artifacts.get_file(path, target)
        except ArtifactError:
            raise UploadGoneError from None

    def remove_upload(self, path: str) -> None:
        """Remove what was uploaded."""
        self._artifacts.delete(path)

    def list_uploads(self) -> list[str]:
        """The artifact paths of all uploads."""
        return [f"{UPLOADS}/{name}" for name in self._artifacts.names(UPLOADS)]

    def list_prepared(self) -> set[DatasetIdentity]:
        """The datasets whose prepared files are in the artifact store or on this machine."""
        names = [*self._artifacts.names(PREPARED), *(file.name for file in self.folder.glob("*"))]
        return {DatasetIdentity(*match.groups()) for match in map(FILE.fullmatch, names) if match}

    def written_at(self, identity: DatasetIdentity) -> datetime:
        """When the prepared file was written: here, or to the artifact store. ArtifactError."""
        local = self.local_path(identity)
        if local.exists():
            return datetime.fromtimestamp(local.stat().st_mtime, UTC)
        return self._artifacts.written_at(_artifact(identity))

    def uploaded_at(self, path: str) -> datetime:
        """When an upload was written; ArtifactError."""
        return self._artifacts.written_at(path)

    def _put(self, path: str, file: Path) -> None:
        """Put a file under a path that names its content: what is there already is the same."""
        if not self._artifacts.has(path):
            self._artifacts.put_file(path, file)

    def local_path(self, identity: DatasetIdentity) -> Path:
        """Where this machine's copy of a prepared file lies, if it has one."""
        return self.folder / _file_name(identity)


def _file_name(identity: DatasetIdentity) -> str:
    return f"{identity.sha256}-{identity.split}.safetensors"


def _artifact(identity: DatasetIdentity) -> str:
    return f"{PREPARED}/{_file_name(identity)}"


@contextlib.contextmanager
def lock_dataset(folder: Path, name: str) -> Iterator[None]:
    """Let one process of this machine at a time prepare dataset `name`; the lock ends with the process."""
    check_name(name)
    with lock_name(folder, name):
        yield
