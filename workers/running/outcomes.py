"""Writes down how a job ended where its own process could not: it died, was stopped, or never began."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workers.observability.request_context import NOBODY, working_for
from workers.queue import claims, leases
from workers.queue.leases import Lease, LeaseLostError
from workers.running.executors import ProcessExit
from workers.storage.database import transaction
from workers.storage.tables import Job, JobStatus

logger = logging.getLogger(__name__)


class OutcomeWriter:
    """Ends jobs or gives them back to the queue.

    Each outcome may be written twice, as when the first answer was lost: the second changes nothing.
    """

    def __init__(self, database: Engine, clock: Callable[[Session], datetime]) -> None:
        self._database, self._clock = database, clock

    def confirm_cancelled(self, lease: Lease) -> None:
        """End a job whose process was stopped because somebody asked for that."""
        try:
            with transaction(self._database) as session:
                leases.confirm_cancelled(session, lease, now=self._clock(session))
                job = session.get_one(Job, lease.job_id)
            with working_for(job.request):
                logger.info("job %s is cancelled", lease.job_id)
        except LeaseLostError:
            logger.info("job %s ended before it could be cancelled", lease.job_id)

    def record_outcome(self, process_exit: ProcessExit) -> None:
        """Write how a job ended whose process is gone, unless the process has written it."""
        lease = process_exit.lease
        with transaction(self._database, read_only=True) as session:
            job = session.get(Job, lease.job_id)
        with working_for(job.request if job else NOBODY):
            if job is None or job.token != lease.token or job.status != JobStatus.RUNNING:
                logger.info("job %s has ended", lease.job_id)
                return
            self._record_death(job, lease, _reason(process_exit.exit_code))

    def _record_death(self, job: Job, lease: Lease, why: str) -> None:
        """Try the job again, or fail it after its last attempt."""
        logger.warning("job %s: %s (attempt %d)", job.id, why, job.attempts)
        if job.attempts < job.max_attempts or job.cancel_requested:
            self.give_back(lease, counts=True)
            return
        error = f"{why} on each of {job.attempts} attempts"
        try:
            with transaction(self._database) as session:
                leases.fail(session, lease, error=error, now=self._clock(session))
        except LeaseLostError:
            logger.info("job %s had ended", job.id)

    def give_back(self, lease: Lease, *, counts: bool) -> None:
        """Queue a job again; `counts` says whether this was one of its attempts."""
        try:
            with transaction(self._database) as session:
                leases.release(session, lease, now=self._clock(session), counts=counts)
        except LeaseLostError:
            logger.info("job %s had ended", lease.job_id)

    def end_abandoned(self, dead_workers: set[str]) -> None:
        """End the jobs whose worker died and that are not to be tried again."""
        with transaction(self._database) as session:
            now = self._clock(session)
            for job_id in claims.end_abandoned(session, now=now, dead_workers=dead_workers):
                with working_for(session.get_one(Job, job_id).request):
                    logger.warning("job %s ends: its worker died", job_id)


def _reason(exit_code: int) -> str:
    if exit_code == -9:  # noqa: PLR2004 - SIGKILL
        return "its process was killed (signal 9, often for lack of memory)"
    if exit_code < 0:
        return f"its process died (signal {-exit_code})"
    return f"its process ended with status {exit_code} without a result"
