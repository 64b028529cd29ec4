"""All trainings of a comparison at once: cancelled, or queued again."""

from datetime import datetime

from sqlalchemy.orm import Session

from workers.queue import comparisons, dependencies
from workers.queue.jobs import JobStateError
from workers.storage.tables import UNFINISHED, Comparison, Job, JobStatus

RETRIED = frozenset({JobStatus.FAILED, JobStatus.CANCELLED})


def cancel(session: Session, comparison: Comparison, *, now: datetime) -> list[Job]:
    """Cancel the jobs of a comparison that have not ended; JobStateError where all have.

    Those that wait go first, so that none of them starts while another is cancelled.
    """
    all_jobs = comparisons.jobs_of(session, comparison)
    unfinished = [job for job in all_jobs if job.status in UNFINISHED]
    if not unfinished:
        raise JobStateError(
            f"every training of comparison '{comparison.id}' has ended; only one that has not is cancelled"
        )
    for job in sorted(unfinished, key=lambda job: job.status == JobStatus.RUNNING):
        dependencies.cancel(session, job.id, now=now)
    return all_jobs


def retry(session: Session, comparison: Comparison, *, now: datetime) -> list[Job]:
    """Queue the failed and cancelled jobs of a comparison again; JobStateError where there are none."""
    all_jobs = comparisons.jobs_of(session, comparison)
    again = [job for job in all_jobs if job.status in RETRIED]
    if not again:
        raise JobStateError(
            f"no training of comparison '{comparison.id}' has failed or was cancelled; only such are retried"
        )
    for job in again:
        dependencies.retry(session, job.id, now=now)
    return all_jobs
