"""Locks of one machine: whoever is gone holds nothing, and only then."""

import multiprocessing
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from workers.running.host_locks import HostLock, HostLocks


def hold_until_told(lock: HostLock, pipe: Connection) -> None:
    del lock
    pipe.send("holding")
    pipe.recv()


@pytest.fixture
def locks(tmp_path: Path) -> HostLocks:
    return HostLocks(tmp_path)


def test_a_lock_is_held_by_one_and_free_when_released(locks: HostLocks) -> None:
    held = locks.acquire("worker")
    assert locks.try_acquire("worker") is None
    assert locks.find_unheld({"worker"}) == set()
    with pytest.raises(RuntimeError, match="another process"):
        locks.acquire("worker")

    held.release()

    assert locks.find_unheld({"worker"}) == {"worker"}


def test_a_lock_passed_to_a_child_is_held_until_the_child_is_killed(locks: HostLocks) -> None:
    held = locks.acquire("worker")
    context = multiprocessing.get_context("forkserver")
    ours, childs = context.Pipe()
    child = context.Process(target=hold_until_told, args=(held, childs))
    child.start()
    held.release()
    assert ours.recv() == "holding"
    assert locks.find_unheld({"worker"}) == set()

    child.kill()
    child.join()

    assert child.exitcode == -signal.SIGKILL
    assert locks.find_unheld({"worker"}) == {"worker"}


def test_a_lock_of_another_machine_is_never_judged(locks: HostLocks) -> None:
    assert locks.find_unheld({"elsewhere"}) == set()


def test_what_nobody_holds_or_asks_about_is_forgotten(locks: HostLocks, tmp_path: Path) -> None:
    kept = locks.acquire("alive")
    for name in ("dead", "asked-about"):
        locks.acquire(name).release()

    locks.remove_unheld(keep={"asked-about"})

    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["alive", "asked-about"]
    kept.release()
