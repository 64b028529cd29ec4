"""The counters of this process and the jobs of the queue counted, which /metrics shows to Prometheus."""

from prometheus_client import CollectorRegistry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workers.storage.tables import Job, JobStatus

REGISTRY = CollectorRegistry()


def count_jobs(session: Session) -> dict[JobStatus, int]:
    """Status → how many jobs have it, of every status."""
    counts = dict(session.execute(select(Job.status, func.count()).group_by(Job.status)).all())
    return {status: counts.get(status, 0) for status in JobStatus}
