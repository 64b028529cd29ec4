"""The queue under any history: what may never be, whatever workers and people do in any order."""

import itertools
import tempfile
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.migrated import migrate
from tests.workers.queueing import LEASE, NOW, claim, end_abandoned, enqueue, job
from workers.queue import events, jobs, leases
from workers.queue.jobs import JobStateError
from workers.queue.leases import Lease, LeaseLostError
from workers.storage import metrics
from workers.storage.database import open_database, transaction
from workers.storage.tables import FINAL, JobStatus


class Queue(RuleBasedStateMachine):
    """Workers that claim, write, die and come back in any order; people who cancel and retry."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{self.folder.name}/queue.db"
        migrate(self.url)
        self.database = open_database(self.url)
        self.now = NOW
        self.leases: list[Lease] = []  # every one ever given, lost or not
        self.ids: list[str] = []
        self.accepted: dict[str, int] = {}

    def teardown(self) -> None:
        self.database.dispose()
        open_database.cache_clear()
        self.folder.cleanup()

    @rule(priority=st.integers(-2, 2))
    def enqueue(self, priority: int) -> None:
        self.ids.append(enqueue(self.database, priority, self.now))
        self.accepted[self.ids[-1]] = 0

    @rule()
    def claim(self) -> None:
        end_abandoned(self.database, self.now)
        lease = claim(self.database, self.now)
        if lease:
            assert all(
                earlier.token < lease.token
                for earlier in self.leases
                if earlier.job_id == lease.job_id
            )
            self.leases.append(lease)

    @rule(seconds=st.sampled_from([1, 20, 40]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), what=st.sampled_from(["epoch", "beat", "succeed", "fail", "release"]))
    def somebody_writes(self, data: st.DataObject, what: str) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        before = job(self.database, lease.job_id)
        holds = before.token == lease.token and before.status == JobStatus.RUNNING
        try:
            with transaction(self.database) as session:
                self._write(session, lease, what, before.epoch + 1)
        except LeaseLostError:
            assert not holds
        else:
            assert holds
            self.accepted[lease.job_id] += what == "epoch"

    def _write(self, session: object, lease: Lease, what: str, epoch: int) -> None:
        match what:
            case "epoch":
                leases.record_epoch(
                    session, lease, epoch=epoch, values={"loss": 1}, checkpoint="c", now=self.now
                )
            case "beat":
                leases.renew(session, lease, now=self.now, duration=LEASE)
            case "succeed":
                leases.succeed(session, lease, result={}, now=self.now)
            case "fail":
                leases.fail(session, lease, error="why", now=self.now)
            case _:
                leases.release(session, lease, now=self.now, counts=True)

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), verb=st.sampled_from([jobs.cancel, jobs.retry]))
    def somebody_asks(self, data: st.DataObject, verb: object) -> None:
        job_id = data.draw(st.sampled_from(self.ids))
        try:
            with transaction(self.database) as session:
                verb(session, job_id, now=self.now)
        except JobStateError:
            assert job(self.database, job_id).status in FINAL or verb is jobs.retry

    @invariant()
    def epochs_are_whole_and_counted_once(self) -> None:
        with transaction(self.database, read_only=True) as session:
            kept = metrics.of_jobs(session, self.ids)
        for job_id, epochs in kept.items():
            assert sorted(epochs) == list(range(1, self.accepted[job_id] + 1))
            assert job(self.database, job_id).epoch == self.accepted[job_id]

    @invariant()
    def the_history_of_a_job_ends_where_it_stands(self) -> None:
        for job_id in self.ids:
            with transaction(self.database, read_only=True) as session:
                told = [
                    event
                    for event in events.list_after(session, job_id, 0)
                    if event.kind == "status"
                ]
            found = job(self.database, job_id)
            assert told[-1].data["status"] == found.status
            assert (found.finished_at is not None) == (found.status in FINAL)
            assert _is_possible([event.data["status"] for event in told])


def _is_possible(statuses: list[str]) -> bool:
    """Nothing follows a final status but a retry, and nothing is final twice in a row."""
    retryable = {"failed", "cancelled"}
    return all(
        after == "queued" if before in retryable else before != "succeeded"
        for before, after in itertools.pairwise(statuses)
    )


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=25, stateful_step_count=30)
