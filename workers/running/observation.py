"""What a worker sees of the queue at the beginning of a turn."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from workers.queue import claims, leases
from workers.queue.leases import Lease
from workers.running.host_locks import HostLocks


class Observation(NamedTuple):
    """The queue at one moment, read in one transaction."""

    now: datetime
    to_be_cancelled: list[Lease]  # of the running jobs
    dead_workers: set[str]  # that hold jobs
    unknown_leases: list[Lease]  # of this worker, by a claim whose answer it never got
    is_any_abandoned: bool
    is_any_waiting: dict[bool, bool]  # by whether a job runs beside trainings


def observe(
    session: Session, *, worker: str, running: Collection[Lease], locks: HostLocks, now: datetime
) -> Observation:
    """Look at the queue for `worker`, which runs the jobs of the leases `running`."""
    job_ids = [lease.job_id for lease in running]
    requested = leases.cancel_requested(session, job_ids) if job_ids else set()
    holders = claims.holders(session)
    dead_workers = locks.find_unheld(set(holders.values()) - {worker})
    return Observation(
        now=now,
        to_be_cancelled=[lease for lease in running if lease.job_id in requested],
        dead_workers=dead_workers,
        unknown_leases=[
            lease for lease, holder in holders.items() if holder == worker and lease not in running
        ],
        is_any_abandoned=claims.is_any_abandoned(session, now=now, dead_workers=dead_workers),
        is_any_waiting={
            background: claims.is_any_waiting(session, background=background)
            for background in (False, True)
        },
    )
