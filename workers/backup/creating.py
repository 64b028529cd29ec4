"""Makes a backup: a snapshot of the data folder, written to one tar that gets its name when it is whole."""

import hashlib
import io
import os
import tarfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import IO

from workers.backup.errors import BackupError, refuse_elsewhere
from workers.backup.manifest import DATABASE, NAME, BackupFile, Manifest
from workers.backup.snapshot import snapshot
from workers.schema.migrate import known_revision
from workers.settings import Settings
from workers.storage.database import open_database, utc_now
from workers.storage.durable_files import PART, flush_names, part_of
from workers.storage.scratch import remove_abandoned

#: Datasets and the database shrink by half and more at any level, weights little.
GZIP_LEVEL = 1


def back_up(settings: Settings, file: Path) -> Manifest:
    """Back up a data folder to `file`, compressed where that ends in gz; BackupError, SchemaError.

    Service and workers may run. The file is there whole or not at all, and only its owner may read it.
    """
    refuse_elsewhere(settings)
    _check_target(settings, file)
    revision = known_revision(open_database(settings.resolved_database_url))
    if revision is None:
        raise BackupError("the database is empty; run 'bakeoff migrate'")
    remove_abandoned(file.parent, (f".{file.name}.*{PART}",))
    part = part_of(file)
    with snapshot(settings) as folder:
        manifest = _describe(folder, revision)
        try:
            _write(part, folder, manifest, is_compressed=file.name.endswith("gz"))
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    flush_names(file.parent)
    return manifest


def _check_target(settings: Settings, file: Path) -> None:
    if file.exists():
        raise BackupError(f"{file} is there already; a backup replaces no file")
    if not file.parent.is_dir():
        raise BackupError(f"there is no folder {file.parent}")
    if file.resolve().is_relative_to(settings.data.resolve()):
        raise BackupError(
            f"{file} is in the data folder, which it is to outlive; name another place"
        )


def _describe(folder: Path, revision: str) -> Manifest:
    """The manifest of a snapshot; the database comes first."""
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    files = []
    for path in sorted(paths, key=lambda path: str(path) != DATABASE):
        with (folder / path).open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
            size = content.tell()
        files.append(BackupFile(path=path.as_posix(), num_bytes=size, sha256=digest))
    return Manifest(
        version=version("bakeoff"), revision=revision, created_at=utc_now(), files=files
    )


def _write(part: Path, folder: Path, manifest: Manifest, *, is_compressed: bool) -> None:
    """Write manifest and files to a tar, and flush it to the disk."""
    with closing(
        os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    ) as out:
        options = {"mode": "w:gz", "compresslevel": GZIP_LEVEL} if is_compressed else {"mode": "w"}
        with tarfile.open(fileobj=out, format=tarfile.PAX_FORMAT, **options) as tar:
            content = manifest.model_dump_json(indent=1).encode()
            header = tarfile.TarInfo(NAME)
            header.size, header.mtime = len(content), int(manifest.created_at.timestamp())
            tar.addfile(header, io.BytesIO(content))
            for file in manifest.files:
                _add(tar, folder, file)
        out.flush()
        os.fsync(out.fileno())


def _add(tar: tarfile.TarFile, folder: Path, file: BackupFile) -> None:
    """Add a file; BackupError where it is no longer what the manifest says."""
    header = tarfile.TarInfo(file.path)
    header.size, header.mtime = file.num_bytes, (folder / file.path).stat().st_mtime
    with (folder / file.path).open("rb") as source:
        reader = HashingReader(source)
        try:
            tar.addfile(header, reader)
        except OSError as error:
            if error.errno is None:  # of tarfile: it is shorter than it was
                raise _changed(file) from None
            raise
    if reader.digest.hexdigest() != file.sha256:
        raise _changed(file)


def _changed(file: BackupFile) -> BackupError:
    return BackupError(f"{file.path} was changed while it was copied; try again")


class HashingReader:
    """Reads a file and hashes what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`."""
        content = self._source.read(size)
        self.digest.update(content)
        return content
