"""The memory of this process, as Linux counts it."""

import re
from pathlib import Path


def memory_mib(name: str) -> float:
    """A line of /proc/self/status such as VmHWM, the peak, in MiB.

    The peak that getrusage() knows is that of the parent too, if it was larger before exec().
    """
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")
