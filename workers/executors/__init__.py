"""Where jobs run: an executor starts, polls and stops them, and knows no database."""

from typing import NamedTuple, Protocol

from workers.leases import Lease


class Ended(NamedTuple):
    """A job's process that is no more."""

    lease: Lease
    exit_code: int  # negative: the signal that killed it


class Executor(Protocol):
    """Runs `workers.run.run_job` for a lease, in a process of its own."""

    @property
    def num_slots(self) -> int:
        """How many jobs it runs at once."""
        ...

    @property
    def num_free(self) -> int:
        """How many more it could start now."""
        ...

    def start(self, lease: Lease) -> None:
        """Start a job in a free slot."""
        ...

    def poll(self) -> list[Ended]:
        """The jobs whose process has ended since the last poll."""
        ...

    def stop(self, lease: Lease) -> None:
        """Kill a job's process at once; returns when it is gone."""
        ...
