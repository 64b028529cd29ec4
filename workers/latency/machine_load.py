"""How busy a machine is with other things than this process."""

import os
from pathlib import Path
from time import perf_counter

_STAT = Path("/proc/stat")
_IDLE, _IO_WAIT, _GUEST = 3, 4, 8  # columns of the first line; guests are counted as users already


class Load:
    """From when it is made: what others do with the processors. Known on Linux alone."""

    def __init__(self) -> None:
        self._started = perf_counter()
        self._own = _own_seconds()
        self._all = _busy_seconds()

    def of_others(self) -> float | None:
        """The cores, on average, that other processes have kept busy."""
        now = _busy_seconds()
        if now is None or self._all is None:
            return None
        others = (now - self._all) - (_own_seconds() - self._own)
        return max(0.0, others / (perf_counter() - self._started))


def num_cores() -> int:
    """The processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load_average() -> float | None:
    """Processes that wanted to run in the last minute, on average."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def _own_seconds() -> float:
    times = os.times()
    return times.user + times.system


def _busy_seconds() -> float | None:
    """Of all cores together, since the machine was started."""
    try:
        columns = _STAT.read_text().splitlines()[0].split()[1:]
    except OSError:
        return None
    busy = [int(one) for n, one in enumerate(columns[:_GUEST]) if n not in {_IDLE, _IO_WAIT}]
    return sum(busy) / os.sysconf("SC_CLK_TCK")
