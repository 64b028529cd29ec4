"""Scratch files and folders on this machine: who may work on a name, and what killed processes left."""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

ABANDONED_SECONDS = 24 * 3600  # after which what lies there was left by a process that was killed


@contextlib.contextmanager
def lock_name(folder: Path, name: str) -> Iterator[None]:
    """Let one process of this machine at a time work on `name`; the lock ends with the process.

    Scratch folders of a process that died while it held the lock, `.name-…`, are removed. So `name`
    must have no hyphen: else the scratch of `a-b` would be taken for that of `a`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name}.lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for scratch in folder.glob(f".{name}-*"):
            shutil.rmtree(scratch, ignore_errors=True)
        yield


def remove_abandoned(folder: Path, patterns: Sequence[str]) -> None:
    """Remove the files and folders of `patterns` that processes left which were killed."""
    for path in (path for pattern in patterns for path in folder.glob(pattern)):
        with contextlib.suppress(FileNotFoundError):  # another process removes it too
            if datetime.now(UTC).timestamp() - path.stat().st_mtime < ABANDONED_SECONDS:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
