"""Rendered charts and reports: files, kept across restarts until others need the room.

A key stands for everything its content is made from, the code included, so a file that is there is
right; any of them may be deleted at any time, and is made again when it is asked for.
"""

import contextlib
import hashlib
import logging
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

import matplotlib as mpl

from service.charts.drawing.fonts import families

logger = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024**2

SERVICE = Path(__file__).parents[2]
#: Folders and a module: the code that decides what is drawn and written.
SOURCES = ("analysis", "charts", "reports", "results", "templating.py")


def fingerprint_of_code() -> str:
    """A hash of all code and templates that draw, of matplotlib's version and of the fonts."""
    digest = hashlib.sha256(f"{mpl.__version__} {families()}".encode())
    for source in SOURCES:
        path = SERVICE / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in {".py", ".html", ".md"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()


FINGERPRINT = fingerprint_of_code()  # taken at the start: the files may be replaced while they run


def cache_key(*parts: object) -> str:
    """A name for content that is made from `parts` by this version of the code."""
    text = f"{FINGERPRINT} {parts}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class ChartCache:
    """A folder of at most `max_bytes`; the files unused for the longest are deleted first."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder, self._max_bytes = folder, max_bytes
        self._making: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The content under `key`; where there is none it is made, once for all concurrent callers."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            content = self._read(key)
            if content is None:
                content = make()
                self._write(key, content)
        return content

    def _read(self, key: str) -> bytes | None:
        path = self._folder / key
        try:
            content = path.read_bytes()
            os.utime(path)  # the time of its last use
        except OSError:
            return None
        return content

    def _write(self, key: str, content: bytes) -> None:
        """Write under a temporary name, sync, then rename: no file is ever there in part."""
        part = self._folder / f".{key}.{uuid.uuid4().hex}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / key)
            self._evict()
        except OSError as error:  # such as a full disk; the caller has the content all the same
            logger.warning("%s could not be kept in %s: %s", key, self._folder, error)
            with contextlib.suppress(OSError):
                part.unlink()

    def _evict(self) -> None:
        """Delete what was used longest ago, what a crash left half-written included."""
        files = []
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process evicts as well
                state = path.stat()
                files.append((state.st_mtime_ns, state.st_size, path))
        excess = sum(size for _, size, _ in files) - self._max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size
