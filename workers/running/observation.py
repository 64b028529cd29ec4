"""What a worker sees of the queue at the beginning of a turn."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from workers.queue import claims
from workers.queue.leases import Lease
from workers.running.host_locks import HostLocks


class Observation(NamedTuple):
    """The queue at one moment, read in one transaction."""

    now: datetime
    dead_workers: set[str]  # that hold jobs
    unknown_leases: list[Lease]  # of this worker, by a claim whose answer it never got
    is_any_abandoned: bool
    is_any_waiting: bool
    is_any_waiting_in_background: bool  # of the jobs that run beside trainings


def observe(
    session: Session, *, worker: str, running: Collection[Lease], locks: HostLocks, now: datetime
) -> Observation:
    """Look at the queue for `worker`, which runs the jobs of the leases `running`."""
    holders = claims.holders(session)
    dead_workers = locks.unheld(set(holders.values()) - {worker})
    return Observation(
        now=now,
        dead_workers=dead_workers,
        unknown_leases=[
            lease for lease, holder in holders.items() if holder == worker and lease not in running
        ],
        is_any_abandoned=claims.is_any_abandoned(session, now=now, dead_workers=dead_workers),
        is_any_waiting=claims.is_any_waiting(session),
        is_any_waiting_in_background=claims.is_any_waiting(session, background=True),
    )
