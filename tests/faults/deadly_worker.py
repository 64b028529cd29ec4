"""python -m tests.faults.deadly_worker: a real worker that a job of the seed DEADLY kills.

A job's process imports its worker's main module as `__mp_main__`: what is replaced there is replaced
in jobs alone. The worker is as it always is, but that it loads no torch ahead, which takes seconds.
"""

import multiprocessing
import os
import signal
from multiprocessing import forkserver

from workers.__main__ import main
from workers.queue import jobs
from workers.queue.leases import Lease
from workers.running import job_process
from workers.settings import Settings
from workers.storage.database import open_database, transaction

DEADLY = 13

_run_job = job_process.run_job


def _run_or_kill(settings: Settings, lease: Lease) -> None:
    """Kill the worker and wait to die of it, or train as quickly as the simulator does."""
    with transaction(open_database(settings.resolved_database_url), read_only=True) as session:
        is_deadly = jobs.get(session, lease.job_id).seed == DEADLY
    worker = multiprocessing.parent_process()
    if is_deadly and worker and worker.pid:
        os.kill(worker.pid, signal.SIGKILL)
        signal.pause()
    from tests.faults.simulated_training import simulated
    from workers.kinds import train

    with simulated(train):
        _run_job(settings, lease)


if __name__ == "__mp_main__":
    job_process.run_job = _run_or_kill

if __name__ == "__main__":
    forkserver.set_forkserver_preload = lambda _: None  # type: ignore[assignment]
    main()
