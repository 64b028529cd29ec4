"""What the process of a job prints is kept, job by job, whatever becomes of the process."""

import os
import signal
import sys

import pytest

from tests.waiting import until
from tests.workers.installation import child_of_job
from tests.workers.running.conftest import AtWork
from workers.storage.job_logs import JobLogs

SHORT = {"epochs": 2, "batch_size": 64}
ENDLESS = {"epochs": 1000, "batch_size": 64}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


def test_each_job_has_a_log_of_its_own(at_work: AtWork) -> None:
    installation, _ = at_work
    logs = JobLogs(installation.settings.job_logs_folder)
    job_ids = [installation.enqueue(SHORT) for _ in range(2)]
    for job_id in job_ids:
        installation.ended(job_id)

    for job_id, other in zip(job_ids, reversed(job_ids), strict=True):
        text = logs.tail(job_id, 200)
        assert f"job {job_id} begins, token 1" in text
        assert other not in text


def test_every_attempt_of_a_job_is_in_its_log(at_work: AtWork) -> None:
    installation, worker = at_work
    logs = JobLogs(installation.settings.job_logs_folder)
    job_id = installation.enqueue(ENDLESS)
    until(lambda: installation.job(job_id).progress)
    child = child_of_job(worker.pid)
    assert child
    os.kill(child, signal.SIGKILL)
    until(lambda: "begins, token 2" in logs.tail(job_id, 200))

    assert "begins, token 1" in logs.tail(job_id, 200)
