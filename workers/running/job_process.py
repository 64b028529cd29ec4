"""Runs one job: the entry point of a job's process, whatever executor starts it.

python -m workers.running.job_process --job JOB --token TOKEN
"""

import argparse
import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from contextlib import AbstractContextManager
from multiprocessing.connection import wait
from pathlib import Path

from sqlalchemy import Engine

from workers import kinds
from workers.errors import BakeoffError
from workers.observability import telemetry
from workers.observability.logs import LogFormat, configure, handler_of
from workers.observability.request_context import working_for
from workers.queue import jobs, leases
from workers.queue.leases import Lease, LeaseLostError
from workers.running.host_locks import HostLock
from workers.settings import Settings, settings
from workers.storage.database import UNAVAILABLE, open_database, transaction, utc_now
from workers.storage.full_disk import full_disk, is_disk_full
from workers.storage.job_logs import JobLogs
from workers.storage.tables import Job

logger = logging.getLogger(__name__)

TRIM_SECONDS = 2.0  # after which a log is looked at that may have become too long


def run_job(settings: Settings, lease: Lease) -> None:
    """Do the work of a job and write how it ended; LeaseLostError where the lease is lost."""
    database = open_database(settings.resolved_database_url)
    with transaction(database, read_only=True) as session:
        job = jobs.get(session, lease.job_id)
    with working_for(job.request), _span(job):
        logger.info("job %s begins, token %d", lease.job_id, lease.token)
        _run(settings, database, job, lease)


def _span(job: Job) -> AbstractContextManager[object]:
    """The span of one attempt at a job, below the request that asked for it."""
    attributes = {
        "bakeoff.job_id": job.id,
        "bakeoff.request_id": job.request_id or "",
        "bakeoff.dataset": job.dataset,
        "bakeoff.architecture": job.architecture or "",
        "bakeoff.attempt": job.attempts,
    }
    return telemetry.span(f"job {job.kind}", attributes, kind="consumer", parent=job.traceparent)


def _run(settings: Settings, database: Engine, job: Job, lease: Lease) -> None:
    try:
        kinds.load(job.kind).run(settings, job, lease)
    except BakeoffError as error:
        if _is_worth_another_attempt(error, job):
            logger.warning("job %s is tried again: %s", job.id, error)
            raise
        sentence = str(error)
    except LeaseLostError as error:
        logger.warning("stopped: %s", error)
        raise
    except Exception as error:
        if _is_worth_another_attempt(error, job):
            logger.warning("job %s is tried again: %s", job.id, error)
            raise
        logger.exception("job %s failed unexpectedly", job.id)
        sentence = _in_a_sentence(error, settings)
    else:
        return
    with transaction(database) as session:
        leases.fail(session, lease, error=sentence, now=utc_now())


def _in_a_sentence(error: Exception, settings: Settings) -> str:
    if is_disk_full(error):
        return str(full_disk([settings.data, Path(tempfile.gettempdir())]))
    return f"internal error ({type(error).__name__}: {error}); the job's log has more"


def _is_worth_another_attempt(error: Exception, job: Job) -> bool:
    """Whether the error is no verdict on the job, which is tried again."""
    return isinstance(error, (*UNAVAILABLE, OSError)) and job.attempts < job.max_attempts


def run_child(settings: Settings, lease: Lease, gpu: str, locks: list[HostLock]) -> None:
    """Run a job in a process made for it, which sees one GPU or none and dies with its worker.

    The process holds `locks` until it ends. What it prints is kept in the job's log.
    """
    del locks
    logs = JobLogs(settings.job_logs_folder)
    _die_with_worker(logs, lease.job_id)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which stops us
    _print_to_log(logs, lease, settings.log_format)
    telemetry.start("job")
    os.environ["CUDA_VISIBLE_DEVICES"] = gpu
    try:
        with contextlib.suppress(LeaseLostError):
            run_job(settings, lease)
    finally:
        telemetry.stop()


def _print_to_log(logs: JobLogs, lease: Lease, log_format: LogFormat) -> None:
    """Send what this process prints to the job's log, and what it logs to the worker's terminal too.

    The job's log is for people, in any format of the terminal.
    """
    terminal = os.fdopen(os.dup(sys.stderr.fileno()), "w", buffering=1, errors="backslashreplace")
    handlers: list[logging.Handler] = [handler_of(terminal, log_format)]
    try:
        log = logs.open(lease.job_id)
    except OSError as error:  # such as a full disk: the job goes on
        terminal.write(f"the log of job {lease.job_id} is not kept: {error}\n")
    else:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            os.dup2(log, stream.fileno())
        os.close(log)
        handlers.append(handler_of(sys.stderr, "text"))
    configure(log_format, handlers)


def _die_with_worker(logs: JobLogs, job_id: str) -> None:
    """End this process as soon as its worker has ended, however it did; until then keep its log short."""
    worker = multiprocessing.parent_process()  # which started us through the forkserver
    if worker is None:
        return

    def watch() -> None:
        while not wait([worker.sentinel], timeout=TRIM_SECONDS):
            with contextlib.suppress(OSError):
                logs.trim(job_id)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="watch the worker", daemon=True).start()


def main() -> None:
    """Run one claimed job in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--job", required=True, help="id of the job")
    parser.add_argument("--token", required=True, type=int, help="token it was claimed with")
    arguments = parser.parse_args()
    configure(settings().log_format)
    run_job(settings(), Lease(arguments.job, arguments.token))


if __name__ == "__main__":
    main()
