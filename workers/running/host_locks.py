"""Locks between the processes of one machine. The kernel frees them when their holder ends, however."""

import fcntl
import os
from collections.abc import Callable, Iterable
from multiprocessing import reduction
from pathlib import Path
from typing import Any

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class HostLock:
    """A locked file, free again when this process and all it was passed on to are gone or let go."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> "HostLock | None":
        """Lock the file at `path`, which is made; None where somebody else holds it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if not _is_at(descriptor, path):  # removed by forget_all() before it was locked
            os.close(descriptor)
            return cls.take(path)
        return cls(descriptor)

    def let_go(self) -> None:
        """Hold it no longer; those it was passed on to still do."""
        os.close(self._descriptor)

    def __reduce__(self) -> tuple[Callable[[Any], "HostLock"], tuple[Any]]:
        """Passed to a child process while that starts, it is the same lock."""
        return _received, (reduction.DupFd(self._descriptor),)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _received(descriptor: Any) -> HostLock:
    return HostLock(descriptor.detach())


class HostLocks:
    """The locks of this machine in a folder that other machines may share."""

    def __init__(self, folder: Path) -> None:
        # Two containers on one kernel see each other's locks; two machines never judge the other's.
        boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else os.uname().nodename
        self._folder = folder / boot

    def take(self, name: str) -> HostLock | None:
        """Lock `name`; None where somebody else on this machine holds it."""
        return HostLock.take(self._folder / name)

    def hold(self, name: str) -> HostLock:
        """Lock `name`, which is ours alone."""
        lock = self.take(name)
        if lock is None:
            raise RuntimeError(f"another process goes by the name {name}")
        return lock

    def abandoned(self, names: Iterable[str]) -> set[str]:
        """Those that were taken on this machine and that nobody holds any more."""
        return {name for name in names if self._is_abandoned(self._folder / name)}

    def forget_all(self, *, but: set[str]) -> None:
        """Remove the files of the locks nobody holds, but for those that are still asked about."""
        for path in self._folder.glob("*"):
            held = HostLock.take(path) if path.name not in but else None
            if held:
                path.unlink()
                held.let_go()

    def _is_abandoned(self, path: Path) -> bool:
        if not path.exists():
            return False  # of another machine, or forgotten: only its lease tells
        found = HostLock.take(path)
        if found is None:
            return False
        found.let_go()
        return True
