"""Files (checkpoints, weights, probabilities, datasets, uploads), in a folder or at any fsspec URL."""

import contextlib
import hashlib
import os
import shutil
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

    def put_file(self, path: str, source: Path) -> None:
        """Keep a copy of a local file, or the file itself by a second link; on return it is durable."""
        target = f"{self._root}/{path}"
        reach(CrashPoint.WRITE)
        if isinstance(self._files, LocalFileSystem):
            _link_durably(source, Path(target))
        else:
            self._files.put_file(str(source), target)
        reach(CrashPoint.WRITTEN)

    def get_file(self, path: str, target: Path) -> None:
        """Make a local file of an artifact, by a link where it is local; ArtifactError if missing."""
        source = f"{self._root}/{path}"
        try:
            if isinstance(self._files, LocalFileSystem):
                _link_durably(Path(source), target)
            else:
                part = _part_of(target)
                self._files.get_file(source, str(part))
                part.replace(target)
        except FileNotFoundError:
            raise ArtifactError(f"the artifact {path} is missing") from None

    def has(self, path: str) -> bool:
        """Whether an artifact is there."""
        return bool(self._files.exists(f"{self._root}/{path}"))

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


def _link_durably(source: Path, target: Path) -> None:
    """A second name for a file; a copy where the names would be on different disks."""
    _make_folder(target.parent)
    part = _part_of(target)
    try:
        try:
            os.link(source, part)
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or one without links
            shutil.copyfile(source, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _flush_names(target.parent)


def _part_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")


def _write_durably(target: Path, content: bytes) -> None:
    _make_folder(target.parent)
    part = _part_of(target)
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
