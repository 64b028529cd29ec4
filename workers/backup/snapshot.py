"""A data folder as of one moment, in a second folder beside its files, while the service and workers go on.

A row names a file that was written before it and is removed after it, and every change of a row needs
SQLite's one write lock. So that lock is held while the files are linked that came since a first pass
without it: milliseconds. A reader that began under the lock then copies the database as of that moment,
for as long as it takes. Whatever is removed meanwhile still has its second name here.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from workers.backup.manifest import ARTIFACTS, DATABASE, DATASETS, LOGS, WEIGHTS
from workers.datasets.stored.store import NAME
from workers.settings import Settings
from workers.storage.database import open_database, sqlite_module, transaction
from workers.storage.scratch import lock_name

LOCK = "backup"
#: Datasets as versions up to 0.1 kept them; later ones are artifacts, with copies beside them.
NAMED_DATASET = re.compile(rf"{NAME.pattern}\.safetensors")


@contextmanager
def snapshot(settings: Settings) -> Iterator[Path]:
    """A folder with the database and second names of all files as of one moment; removed at the end.

    One process at a time makes one of a data folder, and first removes what a killed one has left.
    """
    data = settings.data.resolve()
    with lock_name(data, LOCK):
        folder = Path(tempfile.mkdtemp(prefix=f".{LOCK}-", dir=data))
        try:
            _link_all(data, folder)  # most of the files, while everybody else goes on
            with closing(_connect(data / DATABASE)) as reader:
                with transaction(open_database(settings.resolved_database_url)) as session:
                    session.connection()  # or the transaction would begin with its first statement
                    reader.execute("BEGIN")
                    reader.execute("SELECT count(*) FROM sqlite_master").fetchall()  # it begins now
                    _link_all(data, folder)
                _copy_database(reader, folder / DATABASE)
            _copy_logs(data / LOGS / "jobs", folder / LOGS / "jobs")
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _connect(path: Path) -> Any:
    return sqlite_module().connect(path, isolation_level=None)


def _copy_database(reader: Any, target: Path) -> None:
    """Copy what a reader sees, into one file."""
    with closing(_connect(target)) as copy:
        reader.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # all of it in the file; restoring puts it back


def _link_all(data: Path, folder: Path) -> None:
    """Give every file a second name that does not have one yet."""
    for source in _files(data / ARTIFACTS):
        _link(source, folder / source.relative_to(data))
    for source in _files(data / WEIGHTS):
        _link(source, folder / source.relative_to(data))
    for source in (data / DATASETS).glob("*.safetensors"):
        if NAMED_DATASET.fullmatch(source.name):
            _link(source, folder / DATASETS / source.name)


def _files(folder: Path) -> Iterator[Path]:
    """The files in a folder and below it, without scratch and parts that are being written."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith("."))


def _link(source: Path, target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):  # removed meanwhile: no row needs it
        try:
            os.link(source, target, follow_symlinks=True)
        except FileNotFoundError:
            raise
        except OSError:  # a disk without links, or a symbolic link to another one
            shutil.copy2(source, target)


def _copy_logs(folder: Path, target: Path) -> None:
    """Copies, since logs are written on; each is small."""
    target.mkdir(parents=True)
    for log in folder.glob("*.log"):
        with suppress(FileNotFoundError):
            shutil.copy2(log, target)
