"""How far a job is, written down while it runs."""

import contextlib
import time
from typing import Any

from sqlalchemy import Engine

from workers.queue import leases
from workers.queue.leases import Lease
from workers.storage.database import UNAVAILABLE, transaction

REPORT_SECONDS = 0.5  # between two reports of progress


def report_progress(database: Engine, lease: Lease, progress: dict[str, Any]) -> None:
    """Write the progress of a job; lost where the database does not answer: it is reported again soon."""
    with contextlib.suppress(*UNAVAILABLE), transaction(database) as session:
        leases.record_progress(session, lease, progress)


def report_phase(database: Engine, lease: Lease, phase: str) -> None:
    """Write what a job does, where it cannot say how far it is."""
    report_progress(database, lease, {"phase": phase})


class ImageProgress:
    """Writes how many images are done, now and then, and the seconds that are left."""

    def __init__(self, database: Engine, lease: Lease) -> None:
        self._database, self._lease = database, lease
        self._phase, self._started, self._reported = "", 0.0, 0.0

    def report(self, phase: str, done: int, total: int) -> None:
        """Write that `done` of `total` images are through a phase, unless that was done just now."""
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._started = phase, now
        elif now - self._reported < REPORT_SECONDS and done < total:
            return
        self._reported = now
        left = (now - self._started) * (total - done) / done if done else None
        progress = {"phase": phase, "done": done, "total": total, "eta_seconds": left}
        report_progress(self._database, self._lease, progress)
