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


def test_a_lock_is_held_by_one_and_free_when_let_go(locks: HostLocks) -> None:
    held = locks.hold("worker")
    assert locks.take("worker") is None
    assert locks.abandoned({"worker"}) == set()
    with pytest.raises(RuntimeError, match="another process"):
        locks.hold("worker")

    held.let_go()

    assert locks.abandoned({"worker"}) == {"worker"}


def test_a_lock_passed_to_a_child_is_held_until_the_child_is_killed(locks: HostLocks) -> None:
    held = locks.hold("worker")
    context = multiprocessing.get_context("forkserver")
    ours, childs = context.Pipe()
    child = context.Process(target=hold_until_told, args=(held, childs))
    child.start()
    held.let_go()
    assert ours.recv() == "holding"
    assert locks.abandoned({"worker"}) == set()

    child.kill()
    child.join()

    assert child.exitcode == -signal.SIGKILL
    assert locks.abandoned({"worker"}) == {"worker"}


def test_a_lock_of_another_machine_is_never_judged(locks: HostLocks) -> None:
    assert locks.abandoned({"elsewhere"}) == set()


def test_what_nobody_holds_or_asks_about_is_forgotten(locks: HostLocks, tmp_path: Path) -> None:
    kept = locks.hold("alive")
    for name in ("dead", "asked-about"):
        locks.hold(name).let_go()

    locks.forget_all(but={"asked-about"})

    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["alive", "asked-about"]
    kept.let_go()
