"""An installation that is never quiet: trainings whose epochs take no time, and deletions for good."""

import logging
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.faults.in_turn import InTurn
from tests.faults.simulated_training import bits, simulated, weights
from tests.migrated import migrate
from workers.deletion.deleting import delete
from workers.deletion.sweep import sweep
from workers.kinds import train
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.running.worker import Worker
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import FINAL, Job, Model

EPOCHS = 12


def settings_of(data: Path) -> Settings:
    return Settings(data=data, device="cpu", lease_seconds=60)


def enqueue(settings: Settings, seed: int) -> str:
    request = JobRequest(
        TRAIN, "none", "chain", recipe={"epochs": EPOCHS}, recipe_hash="0", seed=seed
    )
    with transaction(open_database(settings.resolved_database_url)) as session:
        return jobs.enqueue(session, request, now=datetime.now(UTC)).id


def work_off(settings: Settings) -> None:
    """Run every job that waits, in this process."""
    with simulated(train):
        worker = Worker(settings, InTurn(settings))
        while worker.run_once():
            pass
        worker.shut_down()


def keep_busy(data: Path) -> None:
    """Train, delete, sweep, until this process is killed."""
    logging.disable(logging.CRITICAL)
    settings = settings_of(data)
    migrate(settings.resolved_database_url)
    database = open_database(settings.resolved_database_url)
    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    chance = random.Random(0)  # noqa: S311 - to be repeatable
    ended: list[str] = []
    while True:
        ended += [enqueue(settings, chance.randrange(100)) for _ in range(3)]
        work_off(settings)
        while len(ended) > 4:
            with transaction(database) as session:
                delete(session, Job, ended.pop(0))
        sweep(database, artifacts, now=datetime.now(UTC) + timedelta(days=2))


def other_bits(settings: Settings) -> list[str]:
    """The jobs that have not ended in the bits of a training that nothing interrupted."""
    store = ArtifactStore(settings.resolved_artifacts_url)
    wrong = []
    with transaction(open_database(settings.resolved_database_url), read_only=True) as session:
        for job in session.query(Job):
            model = session.query(Model).filter_by(job_id=job.id).one_or_none()
            if job.status not in FINAL or model is None:
                wrong.append(f"{job.id}: {job.status}, {job.error}")
            elif store.get(model.weights, sha256=model.weights_sha256) != weights(
                bits(job.seed, EPOCHS)
            ):
                wrong.append(f"{job.id}: other bits")
    return wrong
