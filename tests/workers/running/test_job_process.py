"""The process of a job, started by hand as another executor would."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from tests.workers.installation import Installation
from workers.queue import claims
from workers.storage.database import transaction
from workers.storage.tables import JobStatus

SHORT = {"epochs": 2, "batch_size": 64}


def test_the_entry_point_of_other_executors_runs_a_claimed_job(installation: Installation) -> None:
    job_id = installation.enqueue(SHORT)
    with transaction(installation.database) as session:
        claims.claim(
            session, worker="elsewhere", now=datetime.now(UTC), duration=timedelta(minutes=5)
        )
    environment = {**os.environ, "BAKEOFF_DATA": str(installation.settings.data)}
    for _ in range(2):  # the second time it is no longer its job
        ended = subprocess.run(
            [sys.executable, "-m", "workers.running.job_process", "--job", job_id, "--token", "1"],
            env={**environment, "BAKEOFF_DEVICE": "cpu"},
            capture_output=True,
            check=False,
        )
        assert installation.job(job_id).status == JobStatus.SUCCEEDED, ended.stderr.decode()
