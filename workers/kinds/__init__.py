"""The kinds of job, one a file: the file's name is the kind.

Each has `run(settings, job, lease)`, which does the work and writes how it ended. Files are imported
in the process of a job alone, since most of them need torch; their names are known without that.
"""

import pkgutil
from importlib import import_module
from typing import Protocol, cast

from workers.queue.jobs import Job
from workers.queue.leases import Lease
from workers.settings import Settings

KINDS = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


class Kind(Protocol):
    """What a file of this folder offers."""

    def run(self, settings: Settings, job: Job, lease: Lease) -> None:
        """Do the work of a job and end it; a BakeoffError ends it with its message."""
        ...


def load(name: str) -> Kind:
    """Import the file of a kind."""
    return cast("Kind", import_module(f"{__name__}.{name}"))
