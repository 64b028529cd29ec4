"""The files that jobs make (checkpoints, weights, probabilities), in a folder or at any fsspec URL."""

import contextlib
import hashlib
import os
import uuid
from http import HTTPStatus
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem

from workers.crash_points import CrashPoint, reach
from workers.errors import BakeoffError


class ArtifactError(BakeoffError):
    """An artifact is missing or is not what was written."""

    status = HTTPStatus.GONE


class ArtifactStore:
    """Puts, gets and deletes artifacts under one URL. A file is there whole, or not at all."""

    def __init__(self, url: str) -> None:
        self._files, self._root = fsspec.url_to_fs(url)

    def put(self, path: str, content: bytes) -> str:
        """Write an artifact and return the SHA-256 of its content; on return it is durable."""
        target = f"{self._root}/{path}"
        reach(CrashPoint.WRITE)
        if isinstance(self._files, LocalFileSystem):
            _write_durably(Path(target), content)
        else:
            self._files.pipe_file(target, content)
        reach(CrashPoint.WRITTEN)
        return hashlib.sha256(content).hexdigest()

    def get(self, path: str, *, sha256: str) -> bytes:
        """Read an artifact; ArtifactError where it is missing or its content is another."""
        try:
            content: bytes = self._files.cat_file(f"{self._root}/{path}")
        except FileNotFoundError:
            raise ArtifactError(f"the artifact {path} is missing") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ArtifactError(f"the artifact {path} is damaged")
        return content

    def names(self, folder: str) -> list[str]:
        """The names of the artifacts in a folder; none where there is no folder."""
        try:
            found = self._files.ls(f"{self._root}/{folder}", detail=False, refresh=True)
        except FileNotFoundError:
            return []
        names = (str(path).rpartition("/")[2] for path in found)
        return sorted(name for name in names if not name.startswith("."))  # parts being written

    def delete(self, path: str) -> None:
        """Remove an artifact, or a folder of them; nothing happens where there is none."""
        reach(CrashPoint.DELETE)
        target = f"{self._root}/{path}"
        with contextlib.suppress(FileNotFoundError):  # or another process has just removed it
            self._files.rm(target, recursive=True)


def _write_durably(target: Path, content: bytes) -> None:
    _make_folder(target.parent)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            reach(CrashPoint.FSYNC)
            os.fsync(file.fileno())
        reach(CrashPoint.RENAME)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    reach(CrashPoint.FSYNC_FOLDER)
    _flush_names(target.parent)


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_names(folder.parent)


def _flush_names(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
