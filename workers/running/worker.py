"""The worker: claims jobs, keeps their leases, stops them when asked. It imports no torch."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from workers.queue import jobs, leases, registrations
from workers.queue.jobs import JobStatus
from workers.queue.leases import Lease, LeaseLostError
from workers.queue.registrations import Registration
from workers.running.executors import Ended, Executor
from workers.running.host_locks import HostLocks
from workers.running.outcomes import OutcomeWriter
from workers.schema.migrate import check_current
from workers.settings import Settings
from workers.storage.database import UNAVAILABLE, database_now, open_database, transaction
from workers.storage.ids import new_id

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.05
PAUSE_SECONDS = 1.0  # where the database does not answer
BEATS_PER_LEASE = 6


class Snapshot(NamedTuple):
    """What a worker sees at the beginning of a turn."""

    now: datetime
    dead: set[str]  # workers that hold jobs and are no more
    unknown: list[Lease]  # ours, by a claim whose answer we never got
    is_any_abandoned: bool
    is_any_waiting: bool


class Worker:
    """One turn after the other: look after the running jobs, then claim new ones.

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
        self._settings = settings
        self._executor = executor
        self._clock = clock
        self._database = open_database(settings.resolved_database_url)
        check_current(self._database)
        self._outcomes = OutcomeWriter(self._database, clock)
        self._duration = timedelta(seconds=settings.lease_seconds)
        self._running: list[Lease] = []
        self._ended: list[Ended] = []  # whose end is not written down yet
        self._locks = HostLocks(settings.locks_folder)
        self._alive = self._locks.hold(self.id)  # others here know at once when we are dead
        with self._read_session() as session:
            self._started_at = self._beaten_at = clock(session)
            self._locks.forget_all(but=set(leases.holders(session).values()))
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
            self._look_after_running()
            pause.wait(TURN_SECONDS)
        return job_id

    def take_turn(self) -> None:
        """Look after the running jobs, beat if it is time, and fill the free slots."""
        self._look_after_running()
        with self._read_session() as session:
            snapshot = self._snapshot(session)
        if not self._beaten_at <= snapshot.now < self._beat_due:  # a clock may be put back
            self._renew_leases(snapshot.now)
        for lease in snapshot.unknown:
            self._outcomes.give_back(lease, counts=False)
        if snapshot.is_any_abandoned:
            self._fail_abandoned(snapshot.dead)
        if snapshot.is_any_abandoned or snapshot.is_any_waiting:
            self._claim(snapshot.dead)

    def shut_down(self) -> None:
        """Stop the running jobs and give them back; their next worker resumes the last epoch."""
        for lease in list(self._running):
            self._executor.stop(lease)
        try:
            for lease in list(self._running):
                self._outcomes.give_back(lease, counts=False)
            with transaction(self._database) as session:
                registrations.leave(session, self.id)
        except UNAVAILABLE as error:  # the next worker sees that we are gone and takes them over
            logger.warning("the database does not answer: %s", error.orig)
        self._alive.let_go()
        logger.info("worker %s has stopped", self.id)

    def _read_session(self) -> AbstractContextManager[Session]:
        return transaction(self._database, read_only=True)

    def _snapshot(self, session: Session) -> Snapshot:
        now = self._clock(session)
        holders = leases.holders(session)
        dead = self._locks.abandoned(set(holders.values()) - {self.id})
        return Snapshot(
            now=now,
            dead=dead,
            unknown=[
                lease
                for lease, worker in holders.items()
                if worker == self.id and lease not in self._running
            ],
            is_any_abandoned=leases.is_any_abandoned(session, now=now, dead=dead),
            is_any_waiting=leases.is_any_waiting(session),
        )

    def _fail_abandoned(self, dead: set[str]) -> None:
        with transaction(self._database) as session:
            for job_id in leases.fail_abandoned(session, now=self._clock(session), dead=dead):
                logger.warning("job %s ends: its worker died", job_id)

    def _claim(self, dead: set[str]) -> None:
        while self._executor.reserve():
            if not self._start_next(dead):
                return

    def _start_next(self, dead: set[str]) -> bool:
        job = None
        try:
            with transaction(self._database) as session:
                job = leases.claim(
                    session,
                    worker=self.id,
                    now=self._clock(session),
                    duration=self._duration,
                    dead=dead,
                )
        finally:
            if job is None:
                self._executor.unreserve()
        if job is None:
            return False
        lease = Lease(job.id, job.token)
        what = job.architecture or job.kind
        logger.info("job %s starts: %s on %s, token %d", job.id, what, job.dataset, job.token)
        self._running.append(lease)
        self._executor.start(lease, self._alive)
        return True

    def _look_after_running(self) -> None:
        self._ended += self._executor.poll()
        for ended in list(self._ended):
            self._outcomes.record_outcome(ended)
            self._ended.remove(ended)
            self._running.remove(ended.lease)
        for lease in self._to_be_cancelled():
            self._executor.stop(lease)
            self._outcomes.confirm_cancelled(lease)
            self._running.remove(lease)

    def _to_be_cancelled(self) -> list[Lease]:
        if not self._running:
            return []
        with self._read_session() as session:
            asked = leases.cancel_requested(session, [lease.job_id for lease in self._running])
        return [lease for lease in self._running if lease.job_id in asked]

    def _renew_leases(self, now: datetime) -> None:
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
        """The lease is gone: the job has just succeeded, or its process works for nothing."""
        with self._read_session() as session:
            job = jobs.get(session, lease.job_id)
        if job.token != lease.token or job.status != JobStatus.SUCCEEDED:
            logger.warning("job %s is no longer ours; its process is stopped", lease.job_id)
            self._executor.stop(lease)
            self._running.remove(lease)

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
