"""Files that jobs make: checkpoints, weights, probabilities. A local folder, or any fsspec URL."""

import hashlib
import os
import uuid
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem


class ArtifactError(LookupError):
    """An artifact is missing or is not what was written."""


class ArtifactStore:
    """Puts, gets and deletes artifacts under one URL. A file is there whole, or not at all."""

    def __init__(self, url: str) -> None:
        self._files, self._root = fsspec.url_to_fs(url)

    def put(self, path: str, content: bytes) -> str:
        """Write an artifact and return the SHA-256 of its content; on return it is durable."""
        target = f"{self._root}/{path}"
        if isinstance(self._files, LocalFileSystem):
            _write_durably(Path(target), content)
        else:
            self._files.pipe_file(target, content)
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

    def delete(self, path: str) -> None:
        """Remove an artifact, or a folder of them; nothing happens where there is none."""
        target = f"{self._root}/{path}"
        if self._files.exists(target):
            self._files.rm(target, recursive=True)


def _write_durably(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # of the new name
    finally:
        os.close(folder)
