"""The deterministic simulator: real queue, worker and job code over a clock, executor and store of its own.

Workers, their children and people are coroutines in one thread. At every crash point outside a
transaction a seeded scheduler decides who goes on; at every statement and crash point it may bring
about a fault. One seed is one history, which can be replayed.
"""

import contextlib
import random
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest import mock

import fsspec
from sqlalchemy import event, select

from tests.faults.simulated.database import IN_MEMORY, emptied
from tests.faults.simulated.faults import LEASE_SECONDS, Faults
from tests.faults.simulated.people import People
from tests.faults.simulated.processes import Processes
from tests.faults.simulated.scheduler import Scheduler
from tests.faults.simulated.verdict import Verdict
from tests.faults.simulated_training import simulated
from workers import crash_points
from workers.kinds import _trained_model, train
from workers.queue import jobs
from workers.running import job_process, worker
from workers.settings import Settings
from workers.storage import retries
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction
from workers.storage.tables import FINAL, Job

NUM_WORKERS = 2
NUM_JOBS = 2
MAX_SECONDS = 3600.0  # of simulated time until everything must have ended
STEPS = 30  # until somebody looks whether everything has ended


@dataclass(frozen=True)
class SeedResult:
    """The history of a seed, and what is wrong with it."""

    seed: int
    violations: list[str]
    history: list[str]
    faults: Counter[str]
    outcomes: Counter[str]  # status → jobs


def simulate(seed: int, database_url: str = IN_MEMORY) -> SeedResult:
    """Run one seed; the same seed gives the same history."""
    world = World(seed, database_url)
    outcomes: Counter[str] = Counter()
    with world.in_place_of_the_real_one():
        try:
            world.run()
            verdict = world.verdict()
            found, outcomes = verdict.violations, verdict.outcomes
        except Exception:  # noqa: BLE001 - whatever it is, it is what the seed has found
            found = [traceback.format_exc()]
            world.scheduler.kill_all()
    return SeedResult(seed, found, world.scheduler.history, world.faults.happened, outcomes)


class World:
    """Everything that one seed decides."""

    def __init__(self, seed: int, database_url: str) -> None:
        settings = Settings(
            database_url=database_url,
            artifacts_url="memory://simulated",
            lease_seconds=LEASE_SECONDS,
        )
        self.database = emptied(database_url)
        self.artifacts = ArtifactStore(settings.resolved_artifacts_url)
        chance = random.Random(seed)  # noqa: S311 - to be repeatable is the point
        is_one_machine = chance.random() < 0.5
        self.scheduler = Scheduler(chance)
        self.faults = Faults(self.scheduler)
        self.people = People(self.database, self.scheduler)
        self.processes = Processes(
            settings, self.scheduler, self.faults, is_one_machine=is_one_machine
        )

    def run(self) -> None:
        """Run until every job has ended, or must have."""
        for _ in range(NUM_WORKERS):
            self.processes.start_worker()
        self.people.begin(NUM_JOBS)
        while not self._is_done():
            assert self.scheduler.seconds < MAX_SECONDS, "the queue does not drain"
            for _ in range(STEPS):
                if ended := self.scheduler.step():
                    self.processes.replace_dead(ended)
                self.people.step()
            if not self.faults.left:
                self.scheduler.put_clock_right()
        self.faults.left = 0
        self.scheduler.kill_all()

    def verdict(self) -> Verdict:
        return Verdict(self.database, self.artifacts, self.people, self.faults)

    @contextlib.contextmanager
    def in_place_of_the_real_one(self) -> Iterator[None]:
        """The real code, with this clock, ids, locks, store and training in place of its own."""
        ids = (f"{number:04}" for number in range(10_000))
        replaced: list[tuple[Any, str, Any]] = [
            (worker, "check_current", lambda _: "simulated"),
            (worker, "HostLocks", lambda _: self.processes.locks()),
            (retries, "time", SimpleNamespace(sleep=self.scheduler.sleep)),
            *(
                (module, "utc_now", self.scheduler.now)
                for module in (job_process, train, _trained_model)
            ),
            *((module, "new_id", lambda: next(ids)) for module in (jobs, worker, _trained_model)),
        ]
        fsspec.filesystem("memory").store.clear()
        with contextlib.ExitStack() as stack:
            stack.enter_context(simulated(train))
            for target, name, value in replaced:
                stack.enter_context(mock.patch.object(target, name, value))
            stack.enter_context(self._listening())
            stack.enter_context(crash_points.inject(self.faults.reach))
            yield

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Every statement may be the last, and in a transaction nobody else goes on."""
        listeners = [
            ("before_cursor_execute", self.faults.statement),
            ("begin", lambda *_: setattr(self.faults, "is_in_transaction", True)),
            ("commit", lambda *_: setattr(self.faults, "is_in_transaction", False)),
            ("rollback", lambda *_: setattr(self.faults, "is_in_transaction", False)),
        ]
        with contextlib.ExitStack() as stack:
            for name, listener in listeners:
                event.listen(self.database, name, listener)
                stack.callback(event.remove, self.database, name, listener)
            yield

    def _is_done(self) -> bool:
        with transaction(self.database, read_only=True) as session:
            open_jobs = select(Job.id).where(Job.status.not_in(FINAL)).limit(1)
            return session.scalar(open_jobs) is None
