"""Restores a backup into an empty data folder: verified in a folder of its own, then moved into place.

The database is moved last, and without it a data folder is none. So a process that is killed leaves
either no database, and the next restore clears away what was moved, or all of the backup.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.backup.errors import BackupError, refuse_elsewhere
from workers.backup.manifest import DATABASE, FOLDERS, Manifest
from workers.backup.reading import open_backup, unpack
from workers.backup.restored_database import prepare_database
from workers.schema.migrate import migration_lock, refuse_newer
from workers.settings import Settings
from workers.storage.durable_files import flush_names
from workers.storage.scratch import lock_name

LOCK = "restore"
MOVING = ".restore_moving"  # a file of the data folder while a verified backup is moved into place


def restore(settings: Settings, file: Path) -> Manifest:
    """Restore a backup into the data folder, which must be empty; BackupError, SchemaError.

    A backup of an earlier version is brought to this one. Jobs that ran wait in the queue, and resume
    from their last epoch.
    """
    refuse_elsewhere(settings)
    data = settings.data.resolve()
    with open_backup(file) as (tar, manifest), _scratch(data) as folder:
        refuse_newer(manifest.revision, "the backup")
        _check_space(data, manifest)
        unpack(tar, manifest, folder)
        prepare_database(folder / DATABASE, manifest)
        os.sync()
        with migration_lock(settings.resolved_database_url):  # nobody makes a database meanwhile
            _refuse_used(data)
            _move(folder, data)
    return manifest


@contextmanager
def _scratch(data: Path) -> Iterator[Path]:
    """A folder to unpack in, once the data folder is empty but for what a killed restore has left."""
    with lock_name(data, LOCK):
        _clear_moved(data)
        _refuse_used(data)
        folder = Path(tempfile.mkdtemp(prefix=f".{LOCK}-", dir=data))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clear_moved(data: Path) -> None:
    """Remove what a restore had moved into the empty folder when it was killed, unless it was done."""
    if (data / MOVING).exists():
        if not (data / DATABASE).exists():
            for name in FOLDERS:
                shutil.rmtree(data / name, ignore_errors=True)
        (data / MOVING).unlink()


def _refuse_used(data: Path) -> None:
    used = sorted(path.name for path in data.iterdir() if not path.name.startswith("."))
    if [name for name in used if name != "lost+found"]:  # of a disk of its own
        raise BackupError(
            f"the data folder {data} is not empty ({', '.join(used[:3])}); a backup is restored into an"
            " empty one: move this one away, or set BAKEOFF_DATA to another folder"
        )


def _check_space(data: Path, manifest: Manifest) -> None:
    free = shutil.disk_usage(data).free
    if manifest.num_bytes > free:
        raise BackupError(
            f"the backup takes {manifest.num_bytes:,} bytes, and {free:,} are free at {data}"
        )


def _move(folder: Path, data: Path) -> None:
    (data / MOVING).touch()
    flush_names(data)
    for name in FOLDERS:
        if (folder / name).exists():
            (folder / name).rename(data / name)
    flush_names(data)
    (folder / DATABASE).rename(data / DATABASE)
    flush_names(data)
    (data / MOVING).unlink()
