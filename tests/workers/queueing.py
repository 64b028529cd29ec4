"""A queue in a few words, at times that are made up."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from workers.queue import claims, jobs, leases
from workers.queue.jobs import JobRequest
from workers.queue.leases import Lease
from workers.storage.database import transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import Job

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=5)


def enqueue(database: Engine, priority: int = 0, now: datetime = NOW) -> str:
    with transaction(database) as session:
        request = JobRequest(TRAIN, "digits", "cnn", recipe={}, recipe_hash="0", priority=priority)
        return jobs.enqueue(session, request, now=now).id


def claim(database: Engine, now: datetime = NOW, worker: str = "w") -> Lease | None:
    with transaction(database) as session:
        job = claims.claim(session, worker=worker, now=now, duration=LEASE)
        return Lease(job.id, job.token) if job else None


def held(database: Engine, now: datetime = NOW) -> Lease:
    lease = claim(database, now)
    assert lease
    return lease


def job(database: Engine, job_id: str) -> Job:
    with transaction(database, read_only=True) as session:
        return jobs.get(session, job_id)


def end_abandoned(database: Engine, now: datetime) -> list[str]:
    with transaction(database) as session:
        return claims.end_abandoned(session, now=now)


def record(database: Engine, lease: Lease, epoch: int, **values: float) -> None:
    with transaction(database) as session:
        leases.record_epoch(
            session, lease, epoch=epoch, values=values, checkpoint=f"c{epoch}", now=NOW
        )
