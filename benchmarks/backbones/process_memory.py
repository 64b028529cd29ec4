"""The peak of the anonymous memory of processes, which Linux does not keep: it is sampled."""

import re
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

INTERVAL = 0.02  # seconds between two samples
PROC = Path("/proc")
MIB = 1024  # kB


class AnonymousMemory:
    """Samples a process and all below it, in a thread, from entering to leaving.

    RssAnon of /proc counts what a process has allocated, also what it shares with the process that it
    was forked from; pages of a mapped file, which the kernel may drop, are not in it.
    """

    def __init__(self, pid: int) -> None:
        self._root = pid
        self._peaks: dict[int, float] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    @property
    def peak_mib(self) -> float:
        """Of the process that had the most, in MiB."""
        return max(self._peaks.values())

    def _sample(self) -> None:
        is_over = False
        while not is_over:
            is_over = self._is_over.wait(INTERVAL)
            for pid in (self._root, *_below(self._root)):
                self._peaks[pid] = max(self._peaks.get(pid, 0), _anonymous_mib(pid))


def _below(pid: int) -> list[int]:
    """The processes that a process has started, those that these have started, and so on."""
    found: list[int] = []
    try:
        for children in (PROC / str(pid) / "task").glob("*/children"):
            found += map(int, children.read_text().split())
    except OSError:  # it has ended meanwhile
        return found
    return found + [each for child in found for each in _below(child)]


def _anonymous_mib(pid: int) -> float:
    try:
        status = (PROC / str(pid) / "status").read_text()
    except OSError:  # it has ended meanwhile
        return 0
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return int(found[1]) / MIB if found else 0
