"""python -m tests.reliability.deadly_worker: a real worker that a job of the seed DEADLY kills.

A job's process imports its worker's main module as `__mp_main__`: what is replaced there is replaced
in jobs alone. The worker is as it always is, but that it loads no torch ahead, which takes seconds.
"""

import multiprocessing
import os
import signal
from multiprocessing import forkserver

from workers import jobs, run
from workers.__main__ import main
from workers.database import engine, transaction
from workers.leases import Lease
from workers.settings import Settings

DEADLY = 13

_run_job = run.run_job


def _run_or_kill(settings: Settings, lease: Lease) -> None:
    """Kill the worker and wait to die of it, or train as quickly as the simulator does."""
    with transaction(engine(settings.resolved_database_url), read_only=True) as session:
        is_deadly = jobs.get(session, lease.job_id).seed == DEADLY
    worker = multiprocessing.parent_process()
    if is_deadly and worker and worker.pid:
        os.kill(worker.pid, signal.SIGKILL)
        signal.pause()
    from tests.reliability.simulated_training import simulated
    from workers import train_job

    with simulated(train_job):
        _run_job(settings, lease)


if __name__ == "__mp_main__":
    run.run_job = _run_or_kill

if __name__ == "__main__":
    forkserver.set_forkserver_preload = lambda _: None  # type: ignore[assignment]
    main()
