"""What is stored, in bytes: measured at most once a minute, for files have to be counted for it."""

import shutil
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select

from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction, utc_now

FRESH = timedelta(minutes=1)


@dataclass(frozen=True)
class StorageUse:
    """Bytes at one moment."""

    measured_at: datetime
    artifacts: dict[str, int]  # by the folder of the artifact store
    dataset_copies: int  # files of this machine that are no links to artifacts
    charts: int
    database: int
    free: int  # of the disk with the data folder


class StorageMeter:
    """Measures what one installation stores; remembers it for a minute."""

    def __init__(self, settings: Settings, database: Engine, artifacts: ArtifactStore) -> None:
        self._settings, self._database, self._artifacts = settings, database, artifacts
        self._last: StorageUse | None = None
        self._lock = (
            threading.Lock()
        )  # requests that come meanwhile get what the first has measured

    def measure(self) -> StorageUse:
        """What is stored now, or was within the last minute. StoreUnavailableError."""
        with self._lock:
            if self._last is None or not _is_fresh(self._last):
                self._last = self._measure()
            return self._last

    def _measure(self) -> StorageUse:
        return StorageUse(
            measured_at=utc_now(),
            artifacts=self._artifacts.folder_sizes(),
            dataset_copies=_num_bytes(self._settings.datasets_folder, linked=False),
            charts=_num_bytes(self._settings.charts_folder),
            database=_database_bytes(self._database),
            free=shutil.disk_usage(self._settings.data).free,
        )


def _is_fresh(use: StorageUse) -> bool:
    return use.measured_at <= utc_now() < use.measured_at + FRESH  # a clock may be put back


def _num_bytes(folder: Path, *, linked: bool = True) -> int:
    """Of the files in a folder; without `linked` those alone that have no other name."""
    total = 0
    for path in folder.glob("*"):
        try:
            state = path.stat()
        except FileNotFoundError:  # another process has just removed it
            continue
        if linked or state.st_nlink == 1:
            total += state.st_size
    return total


def _database_bytes(database: Engine) -> int:
    if database.dialect.name == "sqlite":
        files = [Path(f"{database.url.database}{suffix}") for suffix in ("", "-wal", "-shm")]
        return sum(file.stat().st_size for file in files if file.exists())
    with transaction(database, read_only=True) as session:
        size = session.scalar(select(func.pg_database_size(func.current_database())))
    return int(size or 0)
