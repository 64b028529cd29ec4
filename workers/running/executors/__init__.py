"""Where jobs run: an executor starts, polls and stops them, and knows no database."""

from typing import NamedTuple, Protocol

from workers.queue.leases import Lease
from workers.running.host_locks import HostLock


class Ended(NamedTuple):
    """A job's process that is no more."""

    lease: Lease
    exit_code: int  # negative: the signal that killed it


class Executor(Protocol):
    """Runs `workers.running.job_process.run_job` for a lease, in a process of its own."""

    @property
    def num_slots(self) -> int:
        """How many jobs it runs at once."""
        ...

    def reserve(self) -> bool:
        """Keep a slot for the next start; False where all are taken, by us or by others."""
        ...

    def unreserve(self) -> None:
        """Let the slot go that was kept: there is nothing to start."""
        ...

    def start(self, lease: Lease, alive: HostLock) -> None:
        """Start a job in the slot that was kept.

        Its process holds on to `alive`, where it can: the worker counts as dead only when it is too.
        """
        ...

    def poll(self) -> list[Ended]:
        """The jobs whose process has ended since the last poll."""
        ...

    def stop(self, lease: Lease) -> None:
        """Kill a job's process at once; returns when it is gone."""
        ...
