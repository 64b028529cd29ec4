"""A comparison whose trainings all run, as far as the database tells: nothing is computed."""

import time
from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks.dashboard.page import ARCHITECTURES, SEEDS, STEPS
from workers.queue import claims, comparisons, leases
from workers.queue.comparisons import ComparisonRequest
from workers.queue.leases import Lease
from workers.storage.database import transaction, utc_now

METRICS = {f"metric_{number}": 0.5 for number in range(10)}  # about as many as an epoch has


def run_all(database: Engine) -> list[Lease]:
    """A comparison all of whose trainings run, each held by a worker that does not exist."""
    names = ("fully_connected", "cnn", "residual_cnn")[:ARCHITECTURES]
    request = ComparisonRequest(
        name="live",
        dataset="digits",
        architectures=[{"name": name, "label": name, "options": {}} for name in names],
        recipe={"epochs": 10_000},
        recipe_hash="live",
        seeds=list(range(SEEDS)),
        priority=100,
    )
    with transaction(database) as session:
        comparisons.create(session, request, now=utc_now())
        found = []
        for number in range(ARCHITECTURES * SEEDS):
            job = claims.claim(
                session, worker=f"worker {number}", now=utc_now(), duration=timedelta(days=1)
            )
            if job is None:
                raise RuntimeError("another worker has claimed a training")
            found.append(Lease(job.id, job.token))
    return found


def train_for_a_minute(database: Engine, trainings: list[Lease], first_epoch: int) -> None:
    """A minute in which every training ends an epoch a second and tells of its steps in between."""
    begun = time.perf_counter()
    for second in range(60):
        for step in range(STEPS):
            with transaction(database) as session:
                for lease in trainings:
                    _tell(session, lease, first_epoch + second, step)
            passed = second + (step + 1) / STEPS
            time.sleep(max(0.0, begun + passed - time.perf_counter()))


def _tell(session: Session, lease: Lease, epoch: int, step: int) -> None:
    progress = {"phase": "training", "epoch": epoch, "epochs": 10_000, "step": step, "steps": STEPS}
    progress |= {"loss": 1 / epoch, "images_per_second": 1000.0, "eta_seconds": 60.0}
    leases.record_progress(session, lease, progress)
    if step == STEPS - 1:
        values = {"train_loss": 1 / epoch, "validation_accuracy": 1 - 1 / (epoch + 1), **METRICS}
        leases.record_epoch(
            session, lease, epoch=epoch, values=values, checkpoint="none", now=utc_now()
        )
