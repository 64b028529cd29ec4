"""Locks between the processes of one machine, which the kernel frees however their holder ends."""

import fcntl
import os
from collections.abc import Callable, Iterable
from multiprocessing import reduction
from pathlib import Path
from typing import Any

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class HostLock:
    """A locked file. It is free when this process and all it was passed to have released it or ended."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def try_acquire(cls, path: Path) -> "HostLock | None":
        """Make and lock the file at `path`; None where somebody else holds it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if not _is_at(descriptor, path):  # removed by remove_unheld() before it was locked
            os.close(descriptor)
            return cls.try_acquire(path)
        return cls(descriptor)

    def release(self) -> None:
        """Hold the lock no longer; processes it was passed to still do."""
        os.close(self._descriptor)

    def __reduce__(self) -> tuple[Callable[[Any], "HostLock"], tuple[Any]]:
        """Pass the same lock to a child process that is being started."""
        return _from_descriptor, (reduction.DupFd(self._descriptor),)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _from_descriptor(descriptor: Any) -> HostLock:
    return HostLock(descriptor.detach())


class HostLocks:
    """The locks of this machine in a folder that other machines may share."""

    def __init__(self, folder: Path) -> None:
        # Two containers on one kernel see each other's locks; two machines never judge each other's.
        boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else os.uname().nodename
        self._folder = folder / boot

    def try_acquire(self, name: str) -> HostLock | None:
        """Lock `name`; None where another process on this machine holds it."""
        return HostLock.try_acquire(self._folder / name)

    def acquire(self, name: str) -> HostLock:
        """Lock `name`; RuntimeError where another process on this machine holds it."""
        lock = self.try_acquire(name)
        if lock is None:
            raise RuntimeError(f"another process holds the lock {name}")
        return lock

    def find_unheld(self, names: Iterable[str]) -> set[str]:
        """Those that were locked on this machine and that nobody holds any more."""
        return {name for name in names if self._is_unheld(self._folder / name)}

    def remove_unheld(self, *, keep: set[str]) -> None:
        """Remove the files of locks that nobody holds, except those named in `keep`."""
        for path in self._folder.glob("*"):
            lock = HostLock.try_acquire(path) if path.name not in keep else None
            if lock:
                path.unlink()
                lock.release()

    def _is_unheld(self, path: Path) -> bool:
        if not path.exists():
            return False  # locked on another machine, or removed: only the lease tells
        lock = HostLock.try_acquire(path)
        if lock is None:
            return False
        lock.release()
        return True
