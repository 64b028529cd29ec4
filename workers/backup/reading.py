"""Reads a backup: every member is one that the manifest names, and has its size and SHA-256."""

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from workers.backup.errors import BackupError
from workers.backup.manifest import MAX_BYTES, NAME, BackupFile, Manifest

CHUNK = 1024**2  # bytes that are copied at a time


@contextmanager
def open_backup(file: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """The tar and its manifest, which is its first member; BackupError."""
    try:
        with file.open("rb") as content, tarfile.open(fileobj=content, mode="r:*") as tar:
            yield tar, _read_manifest(tar)
    except (FileNotFoundError, IsADirectoryError):
        if file.is_file():
            raise
        raise BackupError(f"there is no file {file}") from None
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupError(f"{file} is damaged, or no backup of Bakeoff ({error})") from error


def unpack(tar: tarfile.TarFile, manifest: Manifest, folder: Path) -> None:
    """Write every file of the manifest to `folder`; BackupError where one is missing or another."""
    missing = {file.path: file for file in manifest.files}
    for member in tar:
        file = missing.pop(member.name, None)
        content = tar.extractfile(member) if file and member.isreg() else None
        if file is None or content is None:
            if member.name == NAME:
                continue
            raise BackupError(f"the backup has {member.name[:200]!r}, which its manifest does not")
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(content, target, file)
        os.utime(target, (member.mtime, member.mtime))
    if missing:
        raise BackupError(f"the backup is damaged: {min(missing)} is missing")


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != NAME or not first.isreg() or first.size > MAX_BYTES:
        raise BackupError(f"this is no backup of Bakeoff: it does not begin with {NAME}")
    content = tar.extractfile(first)
    try:
        return Manifest.model_validate_json(content.read() if content else b"")
    except ValidationError as error:
        wrong = error.errors()[0]
        at = ".".join(str(part) for part in wrong["loc"])
        raise BackupError(f"the manifest of the backup is wrong: {at} {wrong['msg']}") from None


def _write(content: IO[bytes], target: Path, file: BackupFile) -> None:
    digest, num_bytes = hashlib.sha256(), 0
    with target.open("xb") as out:
        while chunk := content.read(CHUNK):
            num_bytes += len(chunk)
            if num_bytes > file.num_bytes:
                break
            digest.update(chunk)
            out.write(chunk)
    if num_bytes != file.num_bytes or digest.hexdigest() != file.sha256:
        raise BackupError(f"the backup is damaged: {file.path} is not what was backed up")
