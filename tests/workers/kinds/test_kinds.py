"""A kind of job is a file of workers/kinds, and nothing else."""

import inspect
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.migrated import migrate
from workers import kinds
from workers.queue import claims, jobs
from workers.queue.jobs import JobRequest
from workers.queue.leases import Lease
from workers.running.job_process import run_job
from workers.settings import Settings
from workers.storage.database import open_database, transaction
from workers.storage.tables import Job, JobStatus

ECHO = '''
"""A job that says what it was told."""

from workers.errors import BakeoffError
from workers.queue import leases
from workers.storage.database import open_database, transaction, utc_now


def run(settings, job, lease):
    if job.options["say"] == "no":
        raise BakeoffError("it does not want to")
    with transaction(open_database(settings.resolved_database_url)) as session:
        leases.succeed(session, lease, result=job.options, now=utc_now())
'''


@pytest.mark.parametrize("name", kinds.KINDS)
def test_every_kind_can_be_run_and_says_what_it_does(name: str) -> None:
    kind = kinds.load(name)

    assert inspect.getdoc(kind)
    assert inspect.getdoc(kind.run)
    assert list(inspect.signature(kind.run).parameters) == ["settings", "job", "lease"]


def test_every_file_without_a_leading_underscore_is_a_kind() -> None:
    [folder] = kinds.__path__
    files = {path.stem for path in Path(folder).glob("[!_]*.py")}

    assert set(kinds.KINDS) == files


@pytest.mark.parametrize(
    ("say", "status", "error"),
    [("hello", JobStatus.SUCCEEDED, None), ("no", JobStatus.FAILED, "it does not want to")],
)
def test_a_new_file_is_a_new_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say: str, status: JobStatus, error: str | None
) -> None:
    (tmp_path / "echo.py").write_text(ECHO)
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "workers.kinds.echo", raising=False)

    job = run_one(Settings(data=tmp_path), JobRequest("echo", "none", options={"say": say}))

    assert (job.status, job.error) == (status, error)
    assert job.result == (None if error else {"say": say})


def run_one(settings: Settings, request: JobRequest) -> Job:
    """Enqueue a job, claim it and run it to its end."""
    migrate(settings.resolved_database_url)
    database = open_database(settings.resolved_database_url)
    now, lease_duration = datetime.now(UTC), timedelta(minutes=1)
    with transaction(database) as session:
        jobs.enqueue(session, request, now=now)
        job = claims.claim(session, worker="w", now=now, duration=lease_duration)
    assert job
    run_job(settings, Lease(job.id, job.token))
    with transaction(database, read_only=True) as session:
        ended = jobs.get(session, job.id)
    database.dispose()
    return ended


def test_the_names_are_known_and_jobs_are_claimed_without_torch() -> None:
    imports = "import sys, workers.__main__, workers.kinds; assert 'torch' not in sys.modules"

    subprocess.run([sys.executable, "-c", imports], check=True)
