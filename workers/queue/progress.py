"""How far a job that counts images is, written down now and then with the seconds that are left."""

import contextlib
import time

from sqlalchemy import Engine

from workers.queue import leases
from workers.queue.leases import Lease
from workers.storage.database import UNAVAILABLE, transaction

REPORT_SECONDS = 0.5  # between two reports of progress


class ImageProgress:
    """Writes the progress of a job; what is lost, because the database does not answer, comes again soon."""

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
        with contextlib.suppress(*UNAVAILABLE), transaction(self._database) as session:
            leases.record_progress(session, self._lease, progress)
