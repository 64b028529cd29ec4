"""The worker: claims jobs, keeps their leases, stops them when asked. It imports no torch."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from workers.observability import telemetry
from workers.observability.request_context import NOBODY, working_for
from workers.queue import claims, leases, registrations
from workers.queue.leases import Lease, LeaseLostError
from workers.running.executors import Executor, ProcessExit
from workers.running.host_locks import HostLocks
from workers.running.observation import Observation, observe
from workers.running.outcomes import OutcomeWriter
from workers.schema.migrate import check_current
from workers.settings import Settings
from workers.storage.database import UNAVAILABLE, database_now, open_database, transaction
from workers.storage.ids import new_id
from workers.storage.tables import Job, JobStatus, Registration

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.05
PAUSE_SECONDS = 1.0  # where the database does not answer
BEATS_PER_LEASE = 6


class Worker:
    """Takes turns: in each it looks after the running jobs, then claims new ones.

    What a turn could not write, because the database did not answer, the next one writes.
    """

    def __init__(
        self,
        settings: Settings,
        executor: Executor,
        *,
        clock: Callable[[Session], datetime] = database_now,
    ) -> None:
        self.id = f"{socket.gethostname()}-{os.getpid()}-{new_id()[:4]}"
        self._executor = executor
        self._clock = clock
        self._database = open_database(settings.resolved_database_url)
        check_current(self._database)
        self._outcomes = OutcomeWriter(self._database, clock)
        self._duration = timedelta(seconds=settings.lease_seconds)
        self._running: list[Lease] = []
        self._exits: list[ProcessExit] = []  # whose outcome is not written down yet
        self._locks = HostLocks(settings.locks_folder)
        self._lock = self._locks.acquire(self.id)  # workers on this host see at once when we die
        with transaction(self._database, read_only=True) as session:
            self._started_at = self._beaten_at = clock(session)
            self._locks.remove_unheld(keep=set(claims.holders(session).values()))
        self._beat_due = self._started_at

    def run_forever(self, stop: threading.Event) -> None:
        """Take turns until `stop` is set; then give running jobs back to the queue."""
        logger.info("worker %s is ready, slots: %d", self.id, self._executor.num_slots)
        while not stop.is_set():
            try:
                self.take_turn()
                stop.wait(TURN_SECONDS)
            except UNAVAILABLE as error:
                logger.warning("the database does not answer, trying again: %s", error.orig)
                stop.wait(PAUSE_SECONDS)
        self.shut_down()

    def run_once(self) -> str | None:
        """Claim one job and see it to its end; returns its id, or None where none waits."""
        self.take_turn()
        job_id = self._running[0].job_id if self._running else None
        pause = threading.Event()
        while self._running:
            self._record_exits()
            self._stop_cancelled(self._observe())
            pause.wait(TURN_SECONDS)
        return job_id

    def take_turn(self) -> None:
        """Look after the running jobs, send a heartbeat if it is due, and fill the free slots."""
        self._record_exits()
        seen = self._observe()
        self._stop_cancelled(seen)
        if not self._beaten_at <= seen.now < self._beat_due:  # a clock may be put back
            self._beat(seen.now)
        for lease in seen.unknown_leases:
            self._outcomes.give_back(lease, counts=False)
        if seen.is_any_abandoned:
            self._outcomes.end_abandoned(seen.dead_workers)
        for background, is_any_waiting in seen.is_any_waiting.items():
            if seen.is_any_abandoned or is_any_waiting:
                self._fill_slots(seen.dead_workers, background=background)

    def shut_down(self) -> None:
        """Stop the running jobs and give them back; their next worker resumes the last epoch."""
        for lease in list(self._running):
            self._executor.stop(lease)
        try:
            for lease in list(self._running):
                self._outcomes.give_back(lease, counts=False)
            with transaction(self._database) as session:
                registrations.remove(session, self.id)
        except UNAVAILABLE as error:  # the next worker sees that we are gone and takes them over
            logger.warning("the database does not answer: %s", error.orig)
        self._lock.release()
        logger.info("worker %s has stopped", self.id)

    def _fill_slots(self, dead_workers: set[str], *, background: bool) -> None:
        while self._executor.reserve(background=background):
            if not self._start_next(dead_workers, background=background):
                return

    def _start_next(self, dead_workers: set[str], *, background: bool) -> bool:
        job, began = None, telemetry.now()
        try:
            with transaction(self._database) as session:
                job = claims.claim(
                    session,
                    worker=self.id,
                    now=self._clock(session),
                    duration=self._duration,
                    dead_workers=dead_workers,
                    background=background,
                )
        finally:
            if job is None:
                self._executor.unreserve()
        if job is None:
            return False
        lease = Lease(job.id, job.token)
        work = job.architecture or job.kind
        with working_for(job.request):
            logger.info("job %s starts: %s on %s, token %d", job.id, work, job.dataset, job.token)
            telemetry.add_span("claim", began, parent=job.traceparent, job_id=job.id)
        self._running.append(lease)
        self._executor.start(lease, self._lock)
        return True

    def _record_exits(self) -> None:
        self._exits += self._executor.poll()
        for process_exit in list(self._exits):
            self._outcomes.record_outcome(process_exit)
            self._exits.remove(process_exit)
            self._running.remove(process_exit.lease)

    def _observe(self) -> Observation:
        with transaction(self._database, read_only=True) as session:
            return observe(
                session,
                worker=self.id,
                running=self._running,
                locks=self._locks,
                now=self._clock(session),
            )

    def _stop_cancelled(self, seen: Observation) -> None:
        for lease in seen.to_be_cancelled:
            self._executor.stop(lease)
            self._outcomes.confirm_cancelled(lease)
            self._running.remove(lease)

    def _beat(self, now: datetime) -> None:
        """Renew every lease and say that this worker is there."""
        for lease in list(self._running):
            try:
                with transaction(self._database) as session:
                    leases.renew(session, lease, now=now, duration=self._duration)
            except LeaseLostError:
                self._stop_lost(lease)
        with transaction(self._database) as session:
            registrations.register(session, self._registration(now))
        self._beaten_at, self._beat_due = now, now + self._duration / BEATS_PER_LEASE

    def _stop_lost(self, lease: Lease) -> None:
        """Stop a job whose lease is lost, unless it has just ended by itself under that lease."""
        with transaction(self._database, read_only=True) as session:
            job = session.get(Job, lease.job_id)
        ended = {JobStatus.SUCCEEDED, JobStatus.FAILED}
        if job is None or job.token != lease.token or job.status not in ended:
            with working_for(job.request if job else NOBODY):
                logger.warning("job %s is no longer ours; its process is stopped", lease.job_id)
            self._executor.stop(lease)
            self._running.remove(lease)

    def _registration(self, now: datetime) -> Registration:
        return Registration(
            id=self.id,
            host=socket.gethostname(),
            pid=os.getpid(),
            device=self._executor.device,
            slots=self._executor.num_slots,
            started_at=self._started_at,
            beat_at=now,
        )
