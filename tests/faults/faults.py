"""An installation that faults are tried on, and hooks that let them happen at a crash point."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.in_turn import InTurn
from tests.faults.simulated_training import EPOCHS
from tests.migrated import migrate
from workers.crash_points import CrashPoint
from workers.queue import events, jobs
from workers.queue.jobs import JobRequest
from workers.running.worker import Worker
from workers.settings import Settings
from workers.storage.database import open_database, transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import Job


class Installation:
    """A database, a data folder, and a worker that takes a turn when history to."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder, device="cpu", lease_seconds=30)
        migrate(self.settings.resolved_database_url)
        self.database = open_database(self.settings.resolved_database_url)

    def enqueue(self) -> str:
        with transaction(self.database) as session:
            asked = JobRequest(TRAIN, "none", "chain", recipe={"epochs": EPOCHS}, recipe_hash="0")
            return jobs.enqueue(session, asked, now=datetime.now(UTC)).id

    def worker(self) -> Worker:
        return Worker(self.settings, InTurn(self.settings))

    def job(self, job_id: str) -> Job:
        with transaction(self.database, read_only=True) as session:
            return jobs.get(session, job_id)

    def statuses(self, job_id: str) -> list[str]:
        with transaction(self.database, read_only=True) as session:
            history = events.list_after(session, job_id, 0)
        return [event.data["status"] for event in history if event.kind == "status"]


def at(point: CrashPoint, act: Callable[[], None], times: int = 1) -> Callable[[CrashPoint], None]:
    """A hook that acts at the first passes by a point."""
    left = [times]

    def hook(reached: CrashPoint) -> None:
        if reached == point and left[0]:
            left[0] -= 1
            act()

    return hook


def raising(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def at_nth(point: CrashPoint, nth: int, act: Callable[[], None]) -> Callable[[CrashPoint], None]:
    passes = [0]

    def hook(reached: CrashPoint) -> None:
        passes[0] += reached == point
        if reached == point and passes[0] == nth:
            act()

    return hook
