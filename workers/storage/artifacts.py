"""Files (checkpoints, weights, probabilities, datasets, uploads), in a folder or at any fsspec URL."""

import contextlib
import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO

import fsspec
from fsspec.implementations.local import LocalFileSystem

from workers.crash_points import CrashPoint, reach
from workers.errors import BakeoffError
from workers.storage import durable_files

logger = logging.getLogger(__name__)


class ArtifactError(BakeoffError):
    """An artifact is missing or is not what was written."""

    status = HTTPStatus.GONE


class StoreUnavailableError(BakeoffError, OSError):
    """The artifact store does not answer, or refuses; jobs treat it as they treat a disk that does."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 10


CHUNK = 1024**2  # bytes that are copied at a time

#: Protocol → how its package sends and fetches a large file: s3fs would hold 500 MiB in memory.
PIECES: dict[str, dict[str, int]] = {"s3": {"chunksize": 8 * 1024**2, "max_concurrency": 2}}


class ArtifactStore:
    """Puts, gets and deletes artifacts under one URL. A file is there whole, or not at all.

    ArtifactError where an artifact is missing; StoreUnavailableError where a store on other machines
    does not answer, after the attempts that its package makes, or OSError where the store is a folder.
    """

    def __init__(self, url: str) -> None:
        self._files, self._root = _open(url)
        self._is_local = isinstance(self._files, LocalFileSystem)
        protocol = self._files.protocol
        names = [protocol] if isinstance(protocol, str) else protocol
        self._pieces = next((PIECES[name] for name in names if name in PIECES), {})

    def put(self, path: str, content: bytes) -> str:
        """Write an artifact and return the SHA-256 of its content; on return it is durable."""
        target = f"{self._root}/{path}"
        reach(CrashPoint.WRITE)
        if self._is_local:
            durable_files.write_durably(Path(target), content)
        else:
            with self._refuse_unavailable():
                self._files.pipe_file(target, content)
        reach(CrashPoint.WRITTEN)
        return hashlib.sha256(content).hexdigest()

    def put_file(self, path: str, source: Path) -> None:
        """Keep a copy of a local file, or the file itself by a second link; on return it is durable."""
        target = f"{self._root}/{path}"
        reach(CrashPoint.WRITE)
        if self._is_local:
            durable_files.link_durably(source, Path(target))
        else:
            with self._refuse_unavailable():
                self._files.put_file(str(source), target, **self._pieces)
        reach(CrashPoint.WRITTEN)

    def get_file(self, path: str, target: Path) -> None:
        """Make a local file of an artifact, by a link where it is local; ArtifactError if missing."""
        source = f"{self._root}/{path}"
        with _refuse_missing(path):
            if self._is_local:
                durable_files.link_durably(Path(source), target)
            else:
                self._fetch(source, target)

    def _fetch(self, source: str, target: Path) -> None:
        part = durable_files.part_of(target)
        try:
            with self._refuse_unavailable(missing=FileNotFoundError):
                self._files.get_file(source, str(part), **self._pieces)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def has(self, path: str) -> bool:
        """Whether an artifact is there."""
        with self._refuse_unavailable():
            return bool(self._files.exists(f"{self._root}/{path}"))

    def written_at(self, path: str) -> datetime:
        """When an artifact was written; ArtifactError if it is missing."""
        with _refuse_missing(path), self._refuse_unavailable(missing=FileNotFoundError):
            written: datetime = self._files.modified(f"{self._root}/{path}")
        return written

    def get(self, path: str, *, sha256: str) -> bytes:
        """Read an artifact; ArtifactError where it is missing or its content is another."""
        with _refuse_missing(path), self._refuse_unavailable(missing=FileNotFoundError):
            content: bytes = self._files.cat_file(f"{self._root}/{path}")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ArtifactError(f"the artifact {path} is damaged")
        return content

    def local_path(self, path: str) -> Path | None:
        """Where an artifact lies, there or not; None where the store is on other machines."""
        return Path(f"{self._root}/{path}") if self._is_local else None

    def check(self, path: str, *, sha256: str) -> None:
        """Read an artifact through; ArtifactError as get() has it."""
        self._read(path, sha256, lambda chunk: None)  # noqa: ARG005 - for its hash alone

    def copy_to(self, path: str, target: IO[bytes], *, sha256: str) -> None:
        """Write an artifact to an open file, a chunk at a time; ArtifactError as get() has it."""
        self._read(path, sha256, target.write)

    def _read(self, path: str, sha256: str, write: Callable[[bytes], object]) -> None:
        digest = hashlib.sha256()
        with (
            _refuse_missing(path),
            self._refuse_unavailable(missing=FileNotFoundError),
            self._files.open(f"{self._root}/{path}", "rb") as source,
        ):
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                write(chunk)
        if digest.hexdigest() != sha256:
            raise ArtifactError(f"the artifact {path} is damaged")

    def sizes(self, path: str) -> dict[str, int]:
        """Path → bytes, of an artifact or of all in a folder and below it."""
        with self._refuse_unavailable():
            found = self._files.find(f"{self._root}/{path}", detail=True)
        return {str(name): int(details["size"]) for name, details in found.items()}

    def folder_sizes(self) -> dict[str, int]:
        """Name → bytes, of each folder at the top of the store."""
        totals: Counter[str] = Counter()
        for path, size in self.sizes("").items():
            totals[path.removeprefix(f"{self._root}/").partition("/")[0]] += size
        return dict(totals)

    def names(self, folder: str) -> list[str]:
        """The names of the artifacts in a folder; none where there is no folder."""
        try:
            with self._refuse_unavailable(missing=FileNotFoundError):
                found = self._files.ls(f"{self._root}/{folder}", detail=False)
        except FileNotFoundError:
            return []
        names = (str(path).rpartition("/")[2] for path in found)
        return sorted(name for name in names if not name.startswith("."))  # parts being written

    def delete(self, path: str) -> None:
        """Remove an artifact, or a folder of them; nothing happens where there is none."""
        reach(CrashPoint.DELETE)
        target = f"{self._root}/{path}"
        with (
            contextlib.suppress(FileNotFoundError),  # or another process has just removed it
            self._refuse_unavailable(missing=FileNotFoundError),
        ):
            self._files.rm(target, recursive=True)

    @contextlib.contextmanager
    def _refuse_unavailable(self, missing: type[Exception] | tuple[()] = ()) -> Iterator[None]:
        """StoreUnavailableError in place of what a store on other machines raises, but for `missing`.

        The packages of the stores raise errors of their own, of no common class.
        """
        try:
            yield
        except missing:
            raise
        except Exception as error:
            if self._is_local:
                raise
            logger.warning("the artifact store does not answer: %r", error)
            raise StoreUnavailableError(
                f"the artifact store does not answer ({type(error).__name__}); try again in a moment"
            ) from error


def _open(url: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """The file system of a URL, and the path in it."""
    if "://" not in url:  # a path, which may hold anything, such as the `::` that chains URLs
        return LocalFileSystem(), str(Path(url).expanduser().absolute())
    # Listings of another machine's changes: none is kept.
    files, root = fsspec.url_to_fs(url, use_listings_cache=False)
    return files, str(root)


@contextlib.contextmanager
def _refuse_missing(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise ArtifactError(f"the artifact {path} is missing") from None
