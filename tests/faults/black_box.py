"""python -m tests.faults.black_box SECONDS: SIGKILL and SIGSTOP at random for a service and its workers.

A client over HTTP notes what was acknowledged. When the faults stop the queue must drain; then the
checker reads every history, and the weights are compared with those of a training left alone.
"""

import contextlib
import itertools
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.faults.history import Ending, Happened, violations
from tests.faults.processes import Installation
from tests.waiting import until
from workers.queue import events, jobs
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction
from workers.storage.tables import FINAL, Job, JobStatus

NUM_WORKERS = 3
NUM_JOBS = 2  # under way at once, so that one worker is free to take over
RECIPE = {"epochs": 12, "batch_size": 32}
STALL_SECONDS = 3.0


@dataclass
class Report:
    """What was injected, and what came of it."""

    faults: dict[str, int] = field(default_factory=lambda: {"SIGKILL": 0, "SIGSTOP": 0})
    acknowledged: int = 0
    succeeded: int = 0
    takeover_seconds: list[float] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


def run_black_box(seconds: float, seed: int) -> Report:
    """Inject faults for that long, let the installation finish, and check what it did."""
    report, chance = Report(), random.Random(seed)  # noqa: S311 - to be repeatable
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder))
        acknowledged: list[str] = []
        try:
            deadline = time.monotonic() + seconds
            for number in itertools.count():
                if time.monotonic() > deadline:
                    break
                _keep_busy(installation, acknowledged)
                _inject_fault(installation, report, chance, number)
            until(lambda: not _open(installation, acknowledged))
            report.acknowledged = len(acknowledged)
            report.violations = list(_wrong(installation, acknowledged, report))
        finally:
            installation.stop()
    return report


def _keep_busy(installation: Installation, acknowledged: list[str]) -> None:
    while len(_open(installation, acknowledged)) < NUM_JOBS:
        made = installation.client.create_job("digits", "residual_cnn", recipe=RECIPE)
        acknowledged.append(made["id"])


def _open(installation: Installation, acknowledged: list[str]) -> list[str]:
    return [job_id for job_id in acknowledged if installation.job(job_id).status not in FINAL]


def _inject_fault(
    installation: Installation, report: Report, chance: random.Random, number: int
) -> None:
    """Stall or kill the worker of a job that has got somewhere; see when the job goes on."""
    running = [job for job in installation.running() if job.progress and _may_be_hit(job)]
    victim = installation.worker_of(running[0]) if running else None
    if victim is None or victim.poll() is not None:
        time.sleep(0.05)
    elif number % 3 == 2:
        _stall(victim, report, chance.uniform(0.1, STALL_SECONDS))
    else:
        time.sleep(chance.uniform(0, 0.5))
        _kill(installation, victim, running[0], report)


def _stall(victim: subprocess.Popen[bytes], report: Report, seconds: float) -> None:
    victim.send_signal(signal.SIGSTOP)
    report.faults["SIGSTOP"] += 1
    time.sleep(seconds)
    victim.send_signal(signal.SIGCONT)


def _kill(
    installation: Installation, victim: subprocess.Popen[bytes], job: Job, report: Report
) -> None:
    """Kill the worker of a job that it still runs, and start another when the job goes on."""
    now = installation.job(job.id)
    if now.status != JobStatus.RUNNING or now.token != job.token:
        return
    victim.kill()
    killed = datetime.now(UTC)
    report.faults["SIGKILL"] += 1
    victim.wait()
    installation.workers.remove(victim)
    until(lambda: installation.job(job.id).token > job.token or _ended(installation, job.id))
    report.takeover_seconds += _takeover_seconds(installation, job, killed)
    installation.workers.append(installation.start_worker())


def _may_be_hit(job: Job) -> bool:
    return job.attempts < job.max_attempts  # or it would fail, as it should


def _ended(installation: Installation, job_id: str) -> bool:
    return installation.job(job_id).status in FINAL


def _takeover_seconds(installation: Installation, job: Job, killed: datetime) -> Iterator[float]:
    with transaction(installation.database, read_only=True) as session:
        for event in events.list_after(session, job.id, 0):
            if event.token == job.token + 1 and event.data.get("status") == "running":
                yield (event.at - killed).total_seconds()


def _wrong(installation: Installation, acknowledged: list[str], report: Report) -> Iterator[str]:
    expected: bytes | None = None
    store = ArtifactStore(installation.settings.resolved_artifacts_url)
    for job_id in acknowledged:
        with transaction(installation.database, read_only=True) as session:
            job = jobs.get(session, job_id)
            rows = events.list_after(session, job_id, 0)
            model = trained_models.of_jobs(session, [job_id]).get(job_id)
        history = [Happened(event.id, event.kind, event.token, event.data) for event in rows]
        yield from violations(history, Ending(str(job.status), job.epoch, job.max_attempts))
        if model is None:
            continue
        report.succeeded += 1
        content = store.get(model.weights, sha256=model.weights_sha256)
        expected = expected or content  # the same seed and recipe: the same bits, each of them
        if content != expected:
            yield f"{job_id}: other bits"


def main() -> None:
    """Inject faults for so many seconds and print the report as JSON."""
    with contextlib.suppress(httpx.TransportError):
        report = run_black_box(float(sys.argv[1]), seed=1)
        sys.stdout.write(json.dumps(asdict(report)) + "\n")
        sys.exit(bool(report.violations))
    sys.exit("the service did not answer")


if __name__ == "__main__":
    main()
