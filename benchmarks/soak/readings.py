"""Memory and file descriptors of the service's process, read once a second."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import numpy as np

INTERVAL = 1.0  # seconds
TEN_MINUTES = 600.0
WINDOW = 30.0  # seconds
KIB = 1024
FONTS = (".ttf", ".otf", ".ttc", ".afm")


@dataclass(frozen=True)
class Reading:
    """At one moment: anonymous memory in MiB."""

    moment: float
    pid: int
    anonymous_mib: float


def open_files(pid: int) -> Counter[str]:
    """What a process has open: the paths of files, and how many sockets and pipes."""
    found: Counter[str] = Counter()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found[re.sub(r":\[\d+\]", "", str(entry.readlink()))] += 1
    return found


def read(pid: int) -> Reading | None:
    """The memory of a process; None where it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return Reading(time.monotonic(), pid, int(found[1]) / KIB) if found else None


async def read_until(is_over: asyncio.Event, pid: int, readings: list[Reading]) -> None:
    """Read again and again."""
    while not is_over.is_set():
        reading = read(pid)
        if reading:
            readings.append(reading)
        await asyncio.sleep(INTERVAL)


def other_files(before: Counter[str], after: Counter[str]) -> Counter[str]:
    """What is open in addition, but for fonts: matplotlib keeps some open for each thread that draws."""
    more = after - before
    return Counter({name: number for name, number in more.items() if not name.endswith(FONTS)})


def rise_in_ten_minutes(readings: Sequence[Reading]) -> float:
    """MiB by which memory rises in ten minutes, by least squares of the lowest in each half minute.

    Pictures that are being decoded or drawn take tens of MiB for a moment.
    """
    lowest: dict[int, Reading] = {}
    for reading in readings:
        window = int((reading.moment - readings[0].moment) / WINDOW)
        lowest[window] = min(reading, lowest.get(window, reading), key=attrgetter("anonymous_mib"))
    if len(lowest) < 2:  # noqa: PLR2004 - for a line
        return 0.0
    moments = np.array([reading.moment for reading in lowest.values()])
    memory = np.array([reading.anonymous_mib for reading in lowest.values()])
    slope = np.polyfit(moments - moments[0], memory, 1)[0]
    return float(slope * TEN_MINUTES)
