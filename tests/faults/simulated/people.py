"""Those who use the queue: they ask for trainings, and now and then cancel or retry one."""

import contextlib
from collections.abc import Callable

from sqlalchemy import Engine, func, select

from tests.faults.simulated.scheduler import Scheduler
from tests.faults.simulated_training import EPOCHS
from workers.queue import jobs
from workers.queue.jobs import JobRequest, JobStateError
from workers.storage.database import transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import Event, Job

CHANCE = 0.02  # that somebody asks, at each step
VERBS: list[Callable[..., Job]] = [jobs.cancel, jobs.cancel, jobs.retry]


class People:
    """What was acknowledged to them, and what they have asked for since."""

    def __init__(self, database: Engine, scheduler: Scheduler) -> None:
        self._database, self._scheduler = database, scheduler
        self._random = scheduler.random
        self._asks_left = 0
        self.has_asked = False
        self.acknowledged: dict[str, int] = {}  # job → seed
        self.cancelled_at: dict[str, int] = {}  # job → last event before the cancel

    def begin(self, num_jobs: int) -> None:
        """Ask for so many trainings."""
        self._asks_left = self._random.choice([0, 0, 1, 2, 3])
        for seed in range(num_jobs):
            self._enqueue(seed)

    def step(self) -> None:
        """Perhaps somebody cancels or retries a job."""
        if self._asks_left and self._random.random() < CHANCE:
            self._asks_left -= 1
            self._ask(self._random.choice(VERBS))

    def _enqueue(self, seed: int) -> None:
        recipe = {"epochs": EPOCHS}
        asked = JobRequest(TRAIN, "simulated", "chain", recipe=recipe, recipe_hash="0", seed=seed)
        with transaction(self._database) as session:
            job_id = jobs.enqueue(session, asked, now=self._scheduler.now()).id
        self.acknowledged[job_id] = seed

    def _ask(self, verb: Callable[..., Job]) -> None:
        job_id = self._random.choice(sorted(self.acknowledged))
        last = select(func.max(Event.id)).where(Event.job_id == job_id)
        with contextlib.suppress(JobStateError), transaction(self._database) as session:
            seen = session.scalar(last) or 0
            self.has_asked = True
            verb(session, job_id, now=self._scheduler.now())
            self._scheduler.log(f"somebody asks: {verb.__name__} {job_id}")
            if verb is jobs.cancel:
                self.cancelled_at[job_id] = seen
