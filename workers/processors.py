"""The processors of the machine."""

import os


def num_processors() -> int:
    """The processors that this process may use, of all that the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
