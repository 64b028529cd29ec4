"""The kinds of job, one a file: the file's name is the kind, and a new kind is a new file.

The names are known without an import, because most files need torch, and the worker that claims jobs
has none: a file is imported in the process of a job. Modules with a leading underscore are parts of a
kind.
"""

from importlib import import_module
from typing import Protocol, cast

from workers.entries import entry_names
from workers.queue.leases import Lease
from workers.settings import Settings
from workers.storage.tables import Job

#: The name of every kind, which the API accepts as a filter.
KINDS = entry_names(__path__)


class Kind(Protocol):
    """What a file of this folder offers."""

    def run(self, settings: Settings, job: Job, lease: Lease) -> None:
        """Do the work of a job and end it.

        A BakeoffError fails the job with its message, and LeaseLostError stops it without a word.
        """
        ...


def load(name: str) -> Kind:
    """Import the file of a kind."""
    return cast("Kind", import_module(f"{__name__}.{name}"))
