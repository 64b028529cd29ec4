"""Charts and reports that have been made: files, kept across restarts until others need the room.

A name stands for everything its content is made from, so a file that is there is right; any of them
may be deleted at any time, and is made again when it is asked for.
"""

import contextlib
import logging
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

logger = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024**2


class ChartCache:
    """A folder of at most so many bytes; what was asked for longest ago makes way."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._making: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()

    def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What is kept under `name`, made first where nothing is: once, however many ask at idempotency."""
        with self._lock:
            making = self._making.setdefault(name, threading.Lock())
        with making:
            content = self._read(name)
            if content is None:
                content = make()
                self._write(name, content)
        return content

    def _read(self, name: str) -> bytes | None:
        path = self._folder / name
        try:
            content = path.read_bytes()
            os.utime(path)  # it was asked for now
        except OSError:
            return None
        return content

    def _write(self, name: str, content: bytes) -> None:
        """Put it there whole: under a name of its own first, on the disk before it is renamed."""
        part = self._folder / f".{name}.{uuid.uuid4().hex}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / name)
            self._make_room()
        except OSError as error:  # such as a full disk; whoever asked has the content all the same
            logger.warning("%s could not be kept in %s: %s", name, self._folder, error)
            with contextlib.suppress(OSError):
                part.unlink()

    def _make_room(self) -> None:
        found = []
        for path in self._folder.iterdir():  # what a crash left half-written, too
            with contextlib.suppress(FileNotFoundError):  # another process makes room as well
                state = path.stat()
                found.append((state.st_mtime_ns, state.st_size, path))
        too_much = sum(size for _, size, _ in found) - self._most_bytes
        for _, size, path in sorted(found):
            if too_much <= 0:
                return
            path.unlink(missing_ok=True)
            too_much -= size
