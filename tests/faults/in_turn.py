"""An executor without processes, for workers that take turns in a test."""

import contextlib

from workers import crash_points
from workers.crash_points import CrashPoint
from workers.queue.leases import Lease, LeaseLostError
from workers.running.executors import ProcessExit
from workers.running.job_process import run_job
from workers.settings import Settings


class InTurn:
    """An executor that runs its job in this process, in the turn after it was started."""

    num_slots = 1
    device = "cpu"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._started: list[Lease] = []

    def reserve(self, *, background: bool = False) -> bool:
        return not self._started and not background

    def unreserve(self) -> None:
        """Nothing was kept."""

    def start(self, lease: Lease, worker_lock: object) -> None:
        del worker_lock
        crash_points.reach(CrashPoint.START)
        self._started.append(lease)
        crash_points.reach(CrashPoint.STARTED)

    def poll(self) -> list[ProcessExit]:
        started, self._started = self._started, []
        for lease in started:
            with contextlib.suppress(LeaseLostError):
                run_job(self._settings, lease)
        return [ProcessExit(lease, 0) for lease in started]

    def stop(self, lease: Lease) -> None:
        crash_points.reach(CrashPoint.STOP)
        self._started.remove(lease)
        crash_points.reach(CrashPoint.STOPPED)
