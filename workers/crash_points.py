"""Fault injection: the named moments at which a crash could hurt, so that tests can cause one at each.

Nothing happens at them unless a test injects a fault: `with inject(hook)`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class CrashPoint(StrEnum):
    """A moment at which a crash could hurt; a new one is tested by being here."""

    BEGIN = "before a transaction begins"
    COMMIT = "before a transaction commits"
    COMMITTED = "after a transaction has committed"
    WRITE = "before an artifact is written"
    FSYNC = "before an artifact is flushed to the disk"
    RENAME = "before an artifact gets its name"
    FSYNC_FOLDER = "before an artifact's name is flushed to the disk"
    WRITTEN = "after an artifact has been written"
    DELETE = "before an artifact is deleted"
    START = "before a job's process starts"
    STARTED = "after a job's process has started"
    STOP = "before a job's process is stopped"
    STOPPED = "after a job's process has been stopped"


Hook = Callable[[CrashPoint], None]

_hooks: list[Hook] = []


def reach(point: CrashPoint) -> None:
    """Say that this process has reached a crash point."""
    for hook in _hooks:
        hook(point)


@contextmanager
def inject(hook: Hook) -> Iterator[None]:
    """Call `hook` at every crash point; what it raises is raised there."""
    _hooks.append(hook)
    try:
        yield
    finally:
        _hooks.remove(hook)
