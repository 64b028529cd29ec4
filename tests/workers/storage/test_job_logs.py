"""The logs of jobs: bounded, apart from each other, without secrets, and gone with the job."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.migrated import migrate
from workers.observability.hidden_secrets import hide_secrets
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.settings import Settings
from workers.storage.database import open_database, transaction
from workers.storage.job_logs import MAX_BYTES, JobLogs, NoLogError


def write(logs: JobLogs, job_id: str, text: str) -> None:
    log = logs.open(job_id)
    os.write(log, text.encode())
    os.close(log)


def test_the_tail_is_the_last_lines_of_one_job(tmp_path: Path) -> None:
    logs = JobLogs(tmp_path / "logs")
    write(logs, "a", "one\ntwo\n")
    write(logs, "a", "three\n")
    write(logs, "ab", "other\n")

    assert logs.tail("a", 2) == "two\nthree\n"
    assert logs.tail("ab", 200) == "other\n"
    with pytest.raises(NoLogError, match="no log of job 'b'"):
        logs.tail("b", 2)
    with pytest.raises(NoLogError):
        logs.state("b")


def test_a_log_that_is_too_long_loses_its_older_half_while_it_is_written(tmp_path: Path) -> None:
    logs = JobLogs(tmp_path)
    log = logs.open("a")
    for number in range(MAX_BYTES // 8):
        os.write(log, f"{number:>9}\n".encode())
    logs.trim("a")
    os.write(log, b"last\n")
    os.close(log)

    text = (tmp_path / "a.log").read_text()
    assert len(text) <= MAX_BYTES // 2 + 5
    lines = text.splitlines()
    assert lines[-1] == "last"
    assert [int(line) for line in lines[:-1]] == list(range(int(lines[0]), MAX_BYTES // 8))


def test_a_log_of_any_length_is_read_in_part(tmp_path: Path) -> None:
    logs = JobLogs(tmp_path)
    write(logs, "a", "x" * 3 * MAX_BYTES + "\nend\n")

    assert len(logs.tail("a", 5000)) <= MAX_BYTES
    assert logs.tail("a", 1) == "end\n"


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    log = JobLogs(tmp_path).open("a")
    os.write(log, b"\xff\n")
    os.close(log)

    assert JobLogs(tmp_path).tail("a", 1) == "�\n"


def test_secrets_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    monkeypatch.setenv("BAKEOFF_API_KEYS", "required")

    assert hide_secrets("key wJalrXUtnFEMI is required") == "key [hidden] is required"
    assert hide_secrets("postgresql://me:word@host/x") == "postgresql://[hidden]@host/x"
    assert hide_secrets("postgresql://me:wo/rd@host/x") == "postgresql://[hidden]@host/x"
    assert hide_secrets("postgresql://host/x?password=wo/rd&a=b") == (
        "postgresql://host/x?password=[hidden]&a=b"
    )
    assert hide_secrets("Bearer bakeoff_k3y1dk3y1dk3_a-b_c.") == "Bearer [hidden]."
    assert hide_secrets("https://host/a@b") == "https://host/a@b"


def test_a_log_goes_a_day_after_its_job(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    migrate(settings.resolved_database_url)
    database = open_database(settings.resolved_database_url)
    now = datetime.now(UTC)
    with transaction(database) as session:
        kept = jobs.enqueue(session, JobRequest("fetch", "digits"), now=now).id
    logs = JobLogs(settings.job_logs_folder)
    for name in (kept, "gone", "fresh"):
        write(logs, name, "text\n")
    two_days_ago = (now - timedelta(days=2)).timestamp()
    for name in (kept, "gone"):
        os.utime(settings.job_logs_folder / f"{name}.log", (two_days_ago, two_days_ago))

    logs.remove_without_job(database, now=now)

    left = {path.stem for path in settings.job_logs_folder.iterdir()}
    assert left == {kept, "fresh"}
    database.dispose()


def test_other_users_of_the_machine_cannot_read_a_log(tmp_path: Path) -> None:
    write(JobLogs(tmp_path), "a", "text\n")

    assert (tmp_path / "a.log").stat().st_mode & 0o077 == 0
