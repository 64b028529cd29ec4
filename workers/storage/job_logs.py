"""What the processes of jobs print: a bounded text file for each job, on the machine that ran it."""

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import Engine, select

from workers.errors import BakeoffError
from workers.observability.hidden_secrets import hide_secrets
from workers.storage.database import transaction
from workers.storage.tables import Job

MAX_BYTES = 256 * 1024  # of a job; where it prints more, the older half goes
GRACE = timedelta(days=1)


class NoLogError(BakeoffError):
    """Nothing is kept of what a job printed."""

    status = HTTPStatus.NOT_FOUND

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"no log of job '{job_id}' is kept here: it has not started, or it ran on another machine or"
            " before logs were kept"
        )


@dataclass(frozen=True)
class JobLogs:
    """The logs in a folder. A job is named by its id, as the database has it."""

    folder: Path

    def open(self, job_id: str) -> int:
        """A file descriptor to add to a job's log; OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return os.open(self._path(job_id), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def trim(self, job_id: str) -> None:
        """Remove the older part of a log that is too long; what is being written may go with it."""
        with contextlib.suppress(FileNotFoundError), self._path(job_id).open("r+b") as file:
            if file.seek(0, os.SEEK_END) <= MAX_BYTES:
                return
            file.seek(-MAX_BYTES // 2, os.SEEK_END)
            kept = file.read().partition(b"\n")[2]
            file.seek(0)
            file.write(kept)
            file.truncate()

    def state(self, job_id: str) -> str:
        """A text that is another one when the log is; NoLogError."""
        try:
            found = self._path(job_id).stat()
        except FileNotFoundError:
            raise NoLogError(job_id) from None
        return f"{found.st_mtime_ns:x}-{found.st_size:x}"

    def tail(self, job_id: str, lines: int) -> str:
        """The last lines of a log, of at most MAX_BYTES, with secrets hidden; NoLogError."""
        try:
            with self._path(job_id).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - MAX_BYTES))
                text = file.read(MAX_BYTES).decode("utf-8", "replace")
        except FileNotFoundError:
            raise NoLogError(job_id) from None
        return "".join(hide_secrets(text).splitlines(keepends=True)[-lines:])

    def remove_without_job(self, database: Engine, *, now: datetime) -> None:
        """Remove the logs of a day ago and earlier whose job is in the database no more."""
        old = [path for path in self.folder.glob("*.log") if _written_at(path) < now - GRACE]
        with transaction(database, read_only=True) as session:
            known = set(session.scalars(select(Job.id))) if old else set()
        for path in old:
            if path.stem not in known:
                path.unlink(missing_ok=True)

    def _path(self, job_id: str) -> Path:
        return self.folder / f"{job_id}.log"


def _written_at(path: Path) -> datetime:
    with contextlib.suppress(FileNotFoundError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return datetime.max.replace(tzinfo=UTC)  # another process has removed it
