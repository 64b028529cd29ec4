"""The deterministic simulator: real queue, worker and job code over a clock, executor and store of its own.

Worker, children and people are coroutines in one thread. At every crash point outside a transaction
a seeded scheduler decides who goes on; at every statement and crash point it may bring about a fault.
One seed is one history: it can be run again, and told.
"""

import contextlib
import functools
import random
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

import fsspec
from greenlet import getcurrent, greenlet
from sqlalchemy import Connection, Engine, create_engine, delete, event, func, select
from sqlalchemy.exc import OperationalError

from tests.reliability.history import Ending, Happened, violations
from tests.reliability.simulated_training import EPOCHS, bits, simulated, weights
from workers import crash_points, jobs, patience, run, tables, train_job, worker
from workers.artifacts import ArtifactError, ArtifactStore
from workers.crash_points import CrashPoint
from workers.database import engine, sqlite_module, transaction
from workers.events import Event
from workers.executors import Ended
from workers.jobs import FINAL, Job, JobKind, JobRequest, JobStateError
from workers.leases import Lease, LeaseLostError
from workers.model_store import Model
from workers.settings import Settings

START = datetime(2026, 1, 1, tzinfo=UTC)
LEASE_SECONDS = 5.0
NUM_WORKERS = 2
NUM_JOBS = 2
FAULT_CHANCE = 0.04  # at each crash point, while there are faults left
ASK_CHANCE = 0.02  # of somebody who cancels or retries, at each step
MOST_SECONDS = 3600.0  # of simulated time until everything must have ended
SWITCHES = frozenset(CrashPoint) - {CrashPoint.COMMIT}
DATABASE = "sqlite:///file:/simulated?vfs=memdb&uri=true"
SETTINGS = Settings(database_url=DATABASE, artifacts_url="memory://simulated", lease_seconds=5)


class Killed(BaseException):
    """SIGKILL: nothing of the process runs on."""


@dataclass(eq=False)
class Actor:
    """A process that can be made to wait, and killed where it stands."""

    name: str
    run: Callable[[], None]
    ready_at: float = 0.0
    exit_code: int | None = None
    worker: "SimulatedWorker | None" = None  # that a child belongs to
    greenlet: greenlet = field(init=False)

    def __post_init__(self) -> None:
        self.greenlet = greenlet(self._live)

    @property
    def is_alive(self) -> bool:
        return self.exit_code is None

    def _live(self) -> None:
        try:
            self.run()
            self.exit_code = 0
        except Killed:
            self.exit_code = -9
        except LeaseLostError:
            self.exit_code = 0  # as run_child() has it
        except Exception:  # noqa: BLE001 - whatever it is, it is what the seed has found
            self.exit_code = 1


class Stop:
    """The event a worker waits on; waiting gives the others their turn."""

    def __init__(self, world: "World") -> None:
        self._world, self.is_asked = world, False

    def is_set(self) -> bool:
        return self.is_asked

    def wait(self, seconds: float) -> None:
        self._world.sleep(seconds * self._world.random.uniform(4, 20))


class SimulatedExecutor:
    """One slot. Children are actors; a start may happen twice and a stop may get lost."""

    num_slots = 1

    def __init__(self, world: "World", owner: "SimulatedWorker") -> None:
        self.world, self.owner = world, owner
        self.children: dict[Lease, Actor] = {}

    def reserve(self) -> bool:
        return not self.children

    def unreserve(self) -> None:
        """Nothing was kept."""

    def start(self, lease: Lease, alive: object) -> None:
        del alive
        crash_points.reach(CrashPoint.START)
        assert not self.children, "two children in one slot"
        self.children[lease] = self.world.start_child(self.owner, lease)
        if self.world.happens("duplicate start"):
            self.world.start_child(self.owner, lease)
        crash_points.reach(CrashPoint.STARTED)

    def poll(self) -> list[Ended]:
        ended = [
            Ended(lease, child.exit_code)
            for lease, child in self.children.items()
            if child.exit_code is not None
        ]
        for one in ended:
            del self.children[one.lease]
        return ended

    def stop(self, lease: Lease) -> None:
        crash_points.reach(CrashPoint.STOP)
        child = self.children.pop(lease, None)
        if child and not self.world.happens("lost stop"):
            self.world.kill(child)
        crash_points.reach(CrashPoint.STOPPED)


class SimulatedWorker:
    """A worker process: the real Worker, taking turns for ever."""

    def __init__(self, world: "World", name: str) -> None:
        self.world, self.name, self.id = world, name, ""
        self.stop = Stop(world)
        self.actor = world.add(Actor(name, self._run))

    def _run(self) -> None:
        made = worker.Worker(
            SETTINGS, SimulatedExecutor(self.world, self), clock=lambda _: self.world.now()
        )
        self.id = made.id
        made.run_forever(self.stop)  # type: ignore[arg-type]


class SimulatedLocks:
    """The locks of one machine: who is alive is known at once. On many machines it is not."""

    def __init__(self, world: "World") -> None:
        self.world = world

    def hold(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(let_go=lambda: None, name=name)

    def forget_all(self, *, but: set[str]) -> None:
        """There are no files."""

    def abandoned(self, names: set[str]) -> set[str]:
        alive = {
            one.id
            for one in self.world.workers
            if any(actor.is_alive for actor in self.world.family(one))
        }
        return names - alive if self.world.is_one_machine else set()


class World:
    """Everything that one seed decides."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)  # noqa: S311 - to be repeatable is the point
        self.database = database()
        self.artifacts = ArtifactStore(SETTINGS.resolved_artifacts_url)
        self.seconds = 0.0
        self.clock_offset = self.latest_offset = 0.0
        self.scheduler = getcurrent()
        self.actors: list[Actor] = []
        self.workers: list[SimulatedWorker] = []
        self.is_one_machine = self.random.random() < 0.5
        self.faults_left = self.random.randint(0, 8)
        self.faults: Counter[str] = Counter()
        self.endings: Counter[str] = Counter()
        self.is_asked = False  # somebody has cancelled or retried
        self.told: list[str] = []
        self.acknowledged: dict[str, int] = {}  # job → seed
        self.cancelled_at: dict[str, int] = {}  # job → last event before the cancel
        self.is_in_transaction = False

    # Time and turns

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds + self.clock_offset)

    def sleep(self, seconds: float) -> None:
        actor = self.current()
        if actor:
            actor.ready_at = self.seconds + seconds
            self.scheduler.switch()

    def current(self) -> Actor | None:
        running = getcurrent()
        return next((one for one in self.actors if one.greenlet is running), None)

    def add(self, actor: Actor) -> Actor:
        self.actors.append(actor)
        actor.ready_at = self.seconds
        return actor

    def family(self, of: SimulatedWorker) -> list[Actor]:
        return [of.actor, *(one for one in self.actors if one.worker is of)]

    def start_child(self, owner: SimulatedWorker, lease: Lease) -> Actor:
        name = f"{owner.name}/{lease.job_id}#{lease.token}"
        return self.add(Actor(name, lambda: run.run_job(SETTINGS, lease), worker=owner))

    def step(self) -> None:
        """Let one of those that are ready go on; where nobody is, time passes."""
        alive = [one for one in self.actors if one.is_alive]
        ready = [one for one in alive if one.ready_at <= self.seconds]
        if not ready:
            self.seconds = min(one.ready_at for one in alive)
            return
        chosen = self.random.choice(ready)
        chosen.greenlet.switch()
        if not chosen.is_alive:
            self._bury(chosen)

    def _bury(self, actor: Actor) -> None:
        """A child dies with its worker, and a worker that has died is started again."""
        self.tell(f"{actor.name} is gone ({actor.exit_code})")
        self.actors.remove(actor)
        for one in self.workers:
            if one.actor is actor:
                for child in self.family(one)[1:]:
                    child.ready_at = min(child.ready_at, self.seconds)
                    self.kill(child)
                self.workers.remove(one)
                self.start_worker()

    def start_worker(self) -> None:
        name = f"worker{len(self.workers) + self.faults.total()}"
        self.workers.append(SimulatedWorker(self, name))

    def kill(self, actor: Actor) -> None:
        if actor.is_alive and actor.greenlet is not getcurrent():
            with contextlib.suppress(Killed):  # of one that had not begun
                actor.greenlet.throw(Killed)
            actor.exit_code = -9
            if actor in self.actors and actor.worker:
                self.actors.remove(actor)

    # Faults

    def happens(self, fault: str, chance: float = 0.1) -> bool:
        if self.faults_left and self.random.random() < chance:
            self.note(fault)
            return True
        return False

    def note(self, fault: str) -> None:
        self.faults_left -= 1
        self.faults[fault] += 1
        self.tell(f"FAULT {fault}")

    def reach(self, point: CrashPoint) -> None:
        actor = self.current()
        if actor is None:
            return
        self.tell(f"{actor.name} is {point}")
        if point in SWITCHES and not self.is_in_transaction:
            takes = self.random.uniform(0.1, 0.8) if point == CrashPoint.WRITE else 0.0
            self.sleep(takes)
        if self.faults_left and self.random.random() < FAULT_CHANCE:
            self._disturb(actor, point)

    def statement(self, *_: object) -> None:
        if self.current() and self.happens("killed between two statements", FAULT_CHANCE / 4):
            raise Killed

    def _disturb(self, actor: Actor, point: CrashPoint) -> None:
        fault = self.random.choice(self._possible(point))
        self.note(f"{fault} {point}" if fault in {"killed", "stalled"} else fault)
        match fault:
            case "killed":
                raise Killed
            case "stalled":
                for one in self.family(actor.worker) if actor.worker else [actor]:
                    one.ready_at = self.seconds + self.random.uniform(1, 3) * LEASE_SECONDS
                self.scheduler.switch()
            case "clock put forward an hour":
                self.clock_offset += 3600
                self.latest_offset = max(self.latest_offset, self.clock_offset)
            case "clock put back an hour":
                self.clock_offset -= 3600
            case "database does not answer" | "commit without an answer":
                raise OperationalError("COMMIT", None, Exception(fault))
            case "disk full" | "upload without an answer":
                raise OSError(fault)
            case _:
                self._damage_a_checkpoint()

    def _possible(self, point: CrashPoint) -> list[str]:
        match point:
            case CrashPoint.BEGIN:
                special = ["database does not answer"]
            case CrashPoint.COMMIT:
                return ["killed", "database does not answer"]
            case CrashPoint.COMMITTED:
                special = ["commit without an answer"]
            case CrashPoint.WRITE:
                special = ["disk full"]
            case CrashPoint.WRITTEN:
                special = ["upload without an answer"]
            case CrashPoint.START:
                special = ["checkpoint damaged"]
            case _:
                special = []
        anywhere = ["stalled", "clock put forward an hour", "clock put back an hour"]
        return ["killed", "killed", *anywhere, *special, *special]

    def _damage_a_checkpoint(self) -> None:
        files = fsspec.filesystem("memory")
        found = sorted(path for path in files.store if "/checkpoints/" in path)
        if found:
            path = self.random.choice(found)
            content = files.cat_file(path)
            match self.random.choice(["truncated", "flipped", "missing"]):
                case "truncated":
                    files.pipe_file(path, content[: len(content) // 2])
                case "flipped":
                    files.pipe_file(path, content[:-1] + bytes([content[-1] ^ 1]))
                case _:
                    files.rm(path)

    # People

    def enqueue(self, seed: int) -> None:
        with transaction(self.database) as session:
            request = JobRequest(
                JobKind.TRAIN,
                "simulated",
                "chain",
                recipe={"epochs": EPOCHS},
                recipe_hash="0",
                seed=seed,
            )
            job_id = jobs.enqueue(session, request, now=self.now()).id
        self.acknowledged[job_id] = seed

    def ask(self, verb: Callable[..., Job]) -> None:
        job_id = self.random.choice(sorted(self.acknowledged))
        last = select(func.max(Event.id)).where(Event.job_id == job_id)
        with contextlib.suppress(JobStateError), transaction(self.database) as session:
            seen = session.scalar(last) or 0
            self.is_asked = True
            verb(session, job_id, now=self.now())
            self.tell(f"somebody asks: {verb.__name__} {job_id}")
            if verb is jobs.cancel:
                self.cancelled_at[job_id] = seen

    # The end

    def tell(self, what: str) -> None:
        self.told.append(f"{self.seconds:8.2f} s  {what}")

    def run(self) -> None:
        """Run until every job has ended, or must have."""
        for _ in range(NUM_WORKERS):
            self.start_worker()
        asks_left = self.random.choice([0, 0, 1, 2, 3])
        for seed in range(NUM_JOBS):
            self.enqueue(seed)
        while not self.is_done():
            assert self.seconds < MOST_SECONDS, "the queue does not drain"
            for _ in range(30):
                self.step()
                if asks_left and self.random.random() < ASK_CHANCE:
                    asks_left -= 1
                    self.ask(self.random.choice([jobs.cancel, jobs.cancel, jobs.retry]))
            if not self.faults_left:  # a clock put back makes a lease longer, and only that
                self.clock_offset = max(self.clock_offset, self.latest_offset)
        self.faults_left = 0
        for one in self.actors:
            self.kill(one)

    def is_done(self) -> bool:
        with transaction(self.database, read_only=True) as session:
            open_jobs = select(Job.id).where(Job.status.not_in(FINAL)).limit(1)
            return session.scalar(open_jobs) is None

    def violations(self) -> list[str]:
        """What the checker finds, over all jobs that were acknowledged."""
        found: list[str] = []
        with transaction(self.database, read_only=True) as session:
            for job_id in self.acknowledged:
                job = jobs.get(session, job_id)
                rows = session.scalars(
                    select(Event).where(Event.job_id == job_id).order_by(Event.id)
                )
                self.endings[str(job.status)] += 1
                told = [Happened(one.id, one.kind, one.token, one.data) for one in rows]
                ending = Ending(str(job.status), job.epoch, job.max_attempts)
                wrong = violations(told, ending, self.cancelled_at.get(job_id, 0))
                model = session.scalars(select(Model).where(Model.job_id == job_id)).one_or_none()
                undisturbed = not self.faults and not self.is_asked
                if undisturbed and (job.status, job.attempts) != ("succeeded", 1):
                    wrong += [f"{job.status}, attempt {job.attempts}, though nothing happened"]
                wrong += self._wrong_in_the_end(job, model)
                if not self.faults["checkpoint damaged"]:
                    wrong += [f"fell back: {one.data}" for one in told if one.kind == "fallback"]
                found += [f"{job_id}: {one}" for one in wrong]
        return found

    def _wrong_in_the_end(self, job: Job, model: Model | None) -> Iterator[str]:
        if job.status == "failed" and job.attempts < job.max_attempts:
            yield f"failed after {job.attempts} attempts: {job.error}"
        if (job.status == "succeeded") != (model is not None):
            yield f"{job.status} with model {model}"
        if job.status != "succeeded" or model is None:
            return
        if job.epoch != EPOCHS:
            yield f"succeeded after {job.epoch} epochs"
        try:
            content = self.artifacts.get(model.weights, sha256=model.weights_sha256)
        except ArtifactError as error:
            yield str(error)
            return
        if content != weights(bits(self.acknowledged[job.id], EPOCHS)):
            yield "other bits than without faults"
        if not self.artifacts.names(f"predictions/{job.id}"):
            yield "no predictions"


@dataclass(frozen=True)
class Told:
    """What came of a seed."""

    seed: int
    violations: list[str]
    history: list[str]
    faults: Counter[str]
    endings: Counter[str]  # status → jobs


def simulate(seed: int) -> Told:
    """Run one seed; the same seed gives the same history."""
    with disturbed(world := World(seed)):
        try:
            world.run()
            found = world.violations()
        except Exception:  # noqa: BLE001 - whatever it is, it is what the seed has found
            found = [traceback.format_exc()]
            for one in world.actors:
                world.kill(one)
    return Told(seed, found, world.told, world.faults, world.endings)


@functools.cache
def _kept_open() -> Connection:
    """A database in memory is there as long as somebody has it open."""
    opened = create_engine(DATABASE, module=sqlite_module()).connect()
    tables.Base.metadata.create_all(opened)
    opened.commit()
    return opened


def database() -> Engine:
    """The one in-memory database of this process, with its tables empty."""
    kept = _kept_open()
    for table in reversed(tables.Base.metadata.sorted_tables):
        kept.execute(delete(table))
    kept.commit()
    return engine(DATABASE)


@contextlib.contextmanager
def disturbed(world: World) -> Iterator[None]:
    """The real code, with the world's clock, ids, locks, store and training in place of its own."""
    ids = (f"{number:04}" for number in range(10_000))
    replaced: list[tuple[Any, str, Any]] = [
        (worker, "check_current", lambda _: "simulated"),
        (worker, "HostLocks", lambda _: SimulatedLocks(world)),
        (patience, "time", SimpleNamespace(sleep=world.sleep)),
        *((module, "utc_now", world.now) for module in (run, train_job)),
        *((module, "new_id", lambda: next(ids)) for module in (jobs, worker, train_job)),
    ]
    fsspec.filesystem("memory").store.clear()
    listeners = [
        ("before_cursor_execute", world.statement),
        ("begin", lambda *_: setattr(world, "is_in_transaction", True)),
        ("commit", lambda *_: setattr(world, "is_in_transaction", False)),
        ("rollback", lambda *_: setattr(world, "is_in_transaction", False)),
    ]
    with contextlib.ExitStack() as stack:
        stack.enter_context(simulated(train_job))
        for target, name, value in replaced:
            stack.enter_context(mock.patch.object(target, name, value))
        for name, listener in listeners:
            event.listen(world.database, name, listener)
            stack.callback(event.remove, world.database, name, listener)
        stack.enter_context(crash_points.disturb(world.reach))
        yield
