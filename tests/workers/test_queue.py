"""The queue: every job ends once, whatever happens, and only who holds it writes about it."""

import itertools
import tempfile
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Engine, func, select

from workers import events, jobs, leases, metrics
from workers.database import engine, transaction
from workers.events import Event
from workers.jobs import FINAL, Job, JobKind, JobRequest, JobStateError, JobStatus
from workers.leases import Lease, LeaseLostError
from workers.metrics import Metric
from workers.migrate import upgrade

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=5)


def enqueue(database: Engine, priority: int = 0, now: datetime = NOW) -> str:
    with transaction(database) as session:
        request = JobRequest(
            JobKind.TRAIN, "digits", "cnn", recipe={}, recipe_hash="0", priority=priority
        )
        return jobs.enqueue(session, request, now=now).id


def claim(database: Engine, now: datetime = NOW, worker: str = "w") -> Lease | None:
    with transaction(database) as session:
        job = leases.claim(session, worker=worker, now=now, duration=LEASE)
        return Lease(job.id, job.token) if job else None


def held(database: Engine, now: datetime = NOW) -> Lease:
    lease = claim(database, now)
    assert lease
    return lease


def job(database: Engine, job_id: str) -> Job:
    with transaction(database, read_only=True) as session:
        return jobs.get(session, job_id)


def bury(database: Engine, now: datetime) -> list[str]:
    with transaction(database) as session:
        return leases.bury(session, now=now)


def record(database: Engine, lease: Lease, epoch: int, **values: float) -> None:
    with transaction(database) as session:
        leases.record_epoch(
            session, lease, epoch=epoch, values=values, checkpoint=f"c{epoch}", now=NOW
        )


def test_jobs_are_taken_by_priority_then_by_age(database: Engine) -> None:
    old = enqueue(database, now=NOW)
    young = enqueue(database, now=NOW + timedelta(seconds=1))
    urgent = enqueue(database, priority=5, now=NOW + timedelta(seconds=2))

    taken = [lease.job_id for lease in iter(lambda: claim(database), None)]

    assert taken == [urgent, old, young]


def test_many_workers_at_once_never_take_the_same_job(database: Engine) -> None:
    wanted = {enqueue(database) for _ in range(40)}
    taken: list[str] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        while lease := claim(database):
            taken.append(lease.job_id)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert sorted(taken) == sorted(wanted)


def test_a_job_whose_worker_is_silent_is_taken_over_and_the_old_worker_writes_nothing(
    database: Engine,
) -> None:
    enqueue(database)
    first = held(database)
    record(database, first, 1, loss=0.5)
    assert claim(database, NOW + LEASE) is None

    second = held(database, LATER)

    assert second == Lease(first.job_id, first.token + 1)
    for write in (
        lambda session: leases.record_progress(session, first, {"phase": "training"}),
        lambda session: leases.beat(session, first, now=LATER, duration=LEASE),
        lambda session: leases.succeed(session, first, result={}, now=LATER),
        lambda session: leases.fail(session, first, error="no", now=LATER),
        lambda session: leases.confirm_cancelled(session, first, now=LATER),
        lambda session: leases.release(session, first, now=LATER, counts=True),
    ):
        with pytest.raises(LeaseLostError), transaction(database) as session:
            write(session)
    with pytest.raises(LeaseLostError):
        record(database, first, 2, loss=0.4)
    found = job(database, first.job_id)
    assert (found.status, found.epoch, found.checkpoint) == (JobStatus.RUNNING, 1, "c1")


def test_epochs_are_accepted_once_and_in_order(database: Engine) -> None:
    enqueue(database)
    lease = held(database)
    record(database, lease, 1, loss=0.5)

    for wrong in (1, 3, 0):
        with pytest.raises(LeaseLostError):
            record(database, lease, wrong, loss=0.1)
    record(database, lease, 2, loss=float("nan"))

    with transaction(database, read_only=True) as session:
        kept = metrics.of_jobs(session, [lease.job_id])[lease.job_id]
    assert kept == {1: {"loss": 0.5}, 2: {"loss": None}}


def test_an_epoch_is_kept_whole_or_not_at_all(database: Engine) -> None:
    enqueue(database)
    lease = held(database)

    def fail_half_way() -> None:
        with transaction(database) as session:
            leases.record_epoch(
                session, lease, epoch=1, values={"loss": 1.0}, checkpoint="c1", now=NOW
            )
            raise RuntimeError("the power fails here")

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert job(database, lease.job_id).epoch == 0
    with transaction(database, read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Metric)) == 0


def test_a_dead_workers_job_is_taken_over_at_once_and_before_the_queue(database: Engine) -> None:
    enqueue(database)
    first = held(database)
    enqueue(database, priority=9)

    with transaction(database) as session:
        assert leases.holders(session) == {first: "w"}
        taken = leases.claim(session, worker="v", now=NOW, duration=LEASE, dead={"w"})

    assert taken
    assert Lease(taken.id, taken.token) == Lease(first.job_id, first.token + 1)


def test_a_job_given_back_after_somebody_cancelled_it_is_cancelled(database: Engine) -> None:
    job_id = enqueue(database)
    lease = held(database)
    with transaction(database) as session:
        jobs.cancel(session, job_id, now=NOW)
        leases.release(session, lease, now=LATER, counts=False)

    found = job(database, job_id)
    assert (found.status, found.finished_at) == (JobStatus.CANCELLED, LATER)


def test_a_beat_keeps_the_lease(database: Engine) -> None:
    enqueue(database)
    lease = held(database)

    with transaction(database) as session:
        leases.beat(session, lease, now=LATER, duration=LEASE)

    assert claim(database, LATER) is None
    assert bury(database, LATER) == []


def test_a_job_that_kills_every_worker_fails_in_the_end(database: Engine) -> None:
    job_id = enqueue(database)
    now = NOW
    for _ in range(jobs.MAX_ATTEMPTS):
        held(database, now)
        now += timedelta(minutes=1)

    assert claim(database, now) is None
    assert bury(database, now) == [job_id]
    found = job(database, job_id)
    assert found.status == JobStatus.FAILED
    assert "worker died" in (found.error or "")


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_by_its_worker(
    database: Engine,
) -> None:
    first, second = enqueue(database), enqueue(database, now=LATER)
    lease = held(database)
    with transaction(database) as session:
        running, waiting = (jobs.cancel(session, one, now=NOW) for one in (first, second))

    assert (running.status, running.cancel_requested) == (JobStatus.RUNNING, True)
    assert (waiting.status, waiting.finished_at) == (JobStatus.CANCELLED, NOW)
    with transaction(database) as session:
        leases.confirm_cancelled(session, lease, now=LATER)
    assert job(database, first).status == JobStatus.CANCELLED


def test_a_cancelled_job_whose_worker_died_ends_cancelled(database: Engine) -> None:
    job_id = enqueue(database)
    held(database)
    with transaction(database) as session:
        jobs.cancel(session, job_id, now=NOW)

    assert claim(database, LATER) is None
    assert bury(database, LATER) == [job_id]
    assert job(database, job_id).status == JobStatus.CANCELLED


def test_a_retried_job_goes_on_from_its_checkpoint_with_all_its_attempts(database: Engine) -> None:
    job_id = enqueue(database)
    lease = held(database)
    record(database, lease, 1, loss=0.5)
    with transaction(database) as session:
        leases.fail(session, lease, error="a reason", now=NOW)
    with transaction(database) as session:
        jobs.retry(session, job_id, now=LATER)

    found = job(database, job_id)
    assert (found.status, found.attempts, found.error) == (JobStatus.QUEUED, 0, None)
    assert (found.epoch, found.checkpoint) == (1, "c1")
    record(database, held(database, LATER), 2, loss=0.4)


def test_a_job_that_has_not_ended_is_not_retried_and_an_ended_one_not_cancelled(
    database: Engine,
) -> None:
    job_id = enqueue(database)
    with pytest.raises(JobStateError, match="neither failed"), transaction(database) as session:
        jobs.retry(session, job_id, now=NOW)
    lease = held(database)
    with transaction(database) as session:
        leases.succeed(session, lease, result={}, now=NOW)

    with pytest.raises(JobStateError, match="has ended"), transaction(database) as session:
        jobs.cancel(session, job_id, now=NOW)
    with pytest.raises(JobStateError, match="neither failed"), transaction(database) as session:
        jobs.retry(session, job_id, now=NOW)


def test_claiming_uses_the_indexes_made_for_it(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads a table of no rows without an index")
    with database.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
            for query in (
                "SELECT id FROM jobs WHERE jobs.status = 'queued'"
                " ORDER BY priority DESC, created_at, id LIMIT 1",
                "SELECT id FROM jobs WHERE jobs.status = 'running' AND lease_expires_at < 'x'",
            )
        ]

    assert "ix_jobs_queued" in str(plans[0])
    assert "TEMP B-TREE" not in str(plans[0])
    assert "ix_jobs_running" in str(plans[1])


class Queue(RuleBasedStateMachine):
    """Workers that claim, write, die and come back in any order; people who cancel and retry."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{self.folder.name}/queue.db"
        upgrade(self.url)
        self.database = engine(self.url)
        self.now = NOW
        self.leases: list[Lease] = []  # every one ever given, lost or not
        self.ids: list[str] = []
        self.accepted: dict[str, int] = {}

    def teardown(self) -> None:
        self.database.dispose()
        engine.cache_clear()
        self.folder.cleanup()

    @rule(priority=st.integers(-2, 2))
    def enqueue(self, priority: int) -> None:
        self.ids.append(enqueue(self.database, priority, self.now))
        self.accepted[self.ids[-1]] = 0

    @rule()
    def claim(self) -> None:
        bury(self.database, self.now)
        lease = claim(self.database, self.now)
        if lease:
            assert all(one.token < lease.token for one in self.leases if one.job_id == lease.job_id)
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
                leases.beat(session, lease, now=self.now, duration=LEASE)
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
                told = [one for one in events.after(session, job_id, 0) if one.kind == "status"]
            found = job(self.database, job_id)
            assert told[-1].data["status"] == found.status
            assert (found.finished_at is not None) == (found.status in FINAL)
            assert _is_possible([one.data["status"] for one in told])


def _is_possible(statuses: list[str]) -> bool:
    """Nothing follows a final status but a retry, and nothing is final twice in a row."""
    retryable = {"failed", "cancelled"}
    return all(
        after == "queued" if before in retryable else before != "succeeded"
        for before, after in itertools.pairwise(statuses)
    )


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=25, stateful_step_count=30)


def test_events_come_in_order_and_from_where_one_has_read(database: Engine) -> None:
    job_id = enqueue(database)
    lease = held(database)
    record(database, lease, 1, loss=0.5)
    with transaction(database) as session:
        leases.succeed(session, lease, result={}, now=NOW)

    with transaction(database, read_only=True) as session:
        whole: list[Event] = events.after(session, job_id, 0)
        rest = events.after(session, job_id, whole[1].id)

    assert [(one.kind, one.data.get("status")) for one in whole] == [
        ("status", "queued"),
        ("status", "running"),
        ("epoch", None),
        ("status", "succeeded"),
    ]
    assert [one.id for one in rest] == [one.id for one in whole[2:]]
