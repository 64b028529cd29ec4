"""Where jobs run: an executor starts, polls and stops them, and knows no database."""

from typing import NamedTuple, Protocol

from workers.queue.leases import Lease
from workers.running.host_locks import HostLock


class ProcessExit(NamedTuple):
    """A job's process has ended."""

    lease: Lease
    exit_code: int  # negative: the signal that killed it


class Executor(Protocol):
    """Runs `workers.running.job_process.run_job` for a lease, in a process of its own."""

    @property
    def num_slots(self) -> int:
        """How many jobs it runs at once, without those beside trainings."""
        ...

    @property
    def device(self) -> str:
        """What jobs run on, for people."""
        ...

    def reserve(self, *, background: bool = False) -> bool:
        """Reserve a slot for the next start; False where all are taken, by us or by others.

        `background` asks for the slot of a job that runs beside trainings.
        """
        ...

    def unreserve(self) -> None:
        """Free the slot that was reserved: there is nothing to start."""
        ...

    def start(self, lease: Lease, worker_lock: HostLock) -> None:
        """Start a job in the slot that was reserved.

        Where it can, its process holds `worker_lock` too: the worker counts as dead only when both
        have ended.
        """
        ...

    def poll(self) -> list[ProcessExit]:
        """The processes that have ended since the last poll."""
        ...

    def stop(self, lease: Lease) -> None:
        """Kill a job's process at once; returns when it is gone."""
        ...
