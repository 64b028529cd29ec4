"""The worker: claims jobs, keeps their leases, stops them when asked. It imports no torch."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from workers import jobs, leases, registrations, tables
from workers.database import engine, transaction, utc_now
from workers.executors import Ended, Executor
from workers.ids import new_id
from workers.jobs import JobStatus
from workers.leases import Lease, LeaseLostError
from workers.migrate import check_current
from workers.registrations import Registration
from workers.settings import Settings

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.05
BEATS_PER_LEASE = 6


class Worker:
    """One turn after the other: look after the running jobs, then claim new ones."""

    def __init__(
        self,
        settings: Settings,
        executor: Executor,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{new_id()[:4]}"
        self._settings = settings
        self._executor = executor
        self._clock = clock
        self._database = engine(settings.resolved_database_url)
        check_current(self._database)
        self._duration = timedelta(seconds=settings.lease_seconds)
        self._started_at = clock()
        self._beat_due = self._started_at
        self._running: list[Lease] = []

    def run_forever(self, stop: threading.Event) -> None:
        """Take turns until `stop` is set; then give running jobs back to the queue."""
        logger.info("worker %s is ready, slots: %d", self.id, self._executor.num_slots)
        while not stop.is_set():
            self.take_turn()
            stop.wait(TURN_SECONDS)
        self.shut_down()

    def run_once(self) -> str | None:
        """Claim one job and see it to its end; returns its id, or None where none waits."""
        self.take_turn()
        job_id = self._running[0].job_id if self._running else None
        pause = threading.Event()
        while self._running:
            self._look_after_running()
            pause.wait(TURN_SECONDS)
        return job_id

    def take_turn(self) -> None:
        """Look after the running jobs, beat if it is time, and fill the free slots."""
        self._look_after_running()
        if self._clock() >= self._beat_due:
            self._beat()
        self._claim()

    def shut_down(self) -> None:
        """Stop the running jobs and give them back; their next worker resumes the last epoch."""
        for lease in list(self._running):
            self._executor.stop(lease)
            self._give_back(lease, counts=False)
        with transaction(self._database) as session:
            registrations.leave(session, self.id)
        logger.info("worker %s has stopped", self.id)

    def _claim(self) -> None:
        with transaction(self._database, read_only=True) as session:
            if not leases.is_anything_claimable(session, now=self._clock()):
                return
        with transaction(self._database) as session:
            for job_id in leases.bury(session, now=self._clock()):
                logger.warning("job %s ends: its worker died", job_id)
        while self._executor.num_free:
            with transaction(self._database) as session:
                job = leases.claim(
                    session, worker=self.id, now=self._clock(), duration=self._duration
                )
            if job is None:
                return
            lease = Lease(job.id, job.token)
            what = job.architecture or job.kind
            logger.info("job %s starts: %s on %s, token %d", job.id, what, job.dataset, job.token)
            self._running.append(lease)
            self._executor.start(lease)

    def _look_after_running(self) -> None:
        for ended in self._executor.poll():
            self._settle(ended)
        for lease in list(self._running):
            with transaction(self._database, read_only=True) as session:
                cancelled = leases.is_cancel_requested(session, lease.job_id)
            if cancelled:
                self._cancel(lease)

    def _beat(self) -> None:
        now = self._clock()
        self._beat_due = now + self._duration / BEATS_PER_LEASE
        for lease in list(self._running):
            try:
                with transaction(self._database) as session:
                    leases.beat(session, lease, now=now, duration=self._duration)
            except LeaseLostError:
                self._settle_lost(lease)
        with transaction(self._database) as session:
            registrations.register(session, self._registration(now))

    def _settle_lost(self, lease: Lease) -> None:
        """The lease is gone: the job has just ended, or another worker has it."""
        with transaction(self._database, read_only=True) as session:
            job = jobs.get(session, lease.job_id)
        if job.token != lease.token:
            logger.warning("job %s is another worker's now; its process is stopped", lease.job_id)
            self._executor.stop(lease)
            self._running.remove(lease)

    def _cancel(self, lease: Lease) -> None:
        self._executor.stop(lease)
        self._running.remove(lease)
        self._confirm_cancelled(lease)

    def _confirm_cancelled(self, lease: Lease) -> None:
        try:
            with transaction(self._database) as session:
                leases.confirm_cancelled(session, lease, now=self._clock())
            logger.info("job %s is cancelled", lease.job_id)
        except LeaseLostError:
            logger.info("job %s ended before it could be cancelled", lease.job_id)

    def _settle(self, ended: Ended) -> None:
        """A job's process is gone; it has written how the job ended, or it died."""
        self._running.remove(ended.lease)
        with transaction(self._database, read_only=True) as session:
            job = jobs.get(session, ended.lease.job_id)
        if job.token != ended.lease.token or job.status != JobStatus.RUNNING:
            logger.info("job %s: %s", job.id, job.status)
            return
        if job.cancel_requested:
            self._confirm_cancelled(ended.lease)
            return
        why = _reason(ended.exit_code)
        logger.warning("job %s: %s (attempt %d)", job.id, why, job.attempts)
        if job.attempts < job.max_attempts:
            self._give_back(ended.lease, counts=True)
            return
        error = f"{why} on each of {job.attempts} attempts"
        with transaction(self._database) as session:
            leases.fail(session, ended.lease, error=error, now=self._clock())

    def _give_back(self, lease: Lease, *, counts: bool) -> None:
        if lease in self._running:
            self._running.remove(lease)
        try:
            with transaction(self._database) as session:
                leases.release(session, lease, now=self._clock(), counts=counts)
        except LeaseLostError:
            logger.info("job %s had ended", lease.job_id)

    def _registration(self, now: datetime) -> Registration:
        return Registration(
            id=self.id,
            host=socket.gethostname(),
            pid=os.getpid(),
            device=self._settings.device,
            slots=self._executor.num_slots,
            started_at=self._started_at,
            beat_at=now,
        )


def _reason(exit_code: int) -> str:
    if exit_code == -9:  # noqa: PLR2004 - SIGKILL
        return "its process was killed (signal 9, often for lack of memory)"
    if exit_code < 0:
        return f"its process died (signal {-exit_code})"
    return f"its process ended with status {exit_code} without a result"


_TABLES = tables.Base  # every table is known before the first query
