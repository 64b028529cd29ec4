"""python -m tests.workers.backup.killed FOLDER STRIDE: backup and restore, killed at every STRIDE-th step.

A step is a file that is opened, linked, renamed, made or removed: Python says so by an audit event.
Prints as JSON what was found wrong, and how many moments were tried of each.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.workers.backup.busy import EPOCHS, enqueue, other_bits, settings_of, work_off
from tests.workers.backup.whole import problems
from workers.backup.creating import back_up
from workers.backup.restoring import restore
from workers.storage.database import open_database

STEPS = ("open", "os.", "shutil.", "sqlite3.", "tempfile.")


def kill_at(step: int, work: Callable[[], object]) -> bool:
    """Do `work` in a process that is killed at a step; whether it came so far."""
    child = os.fork()
    if child == 0:
        count = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            if event.startswith(STEPS) and not str(arguments[:1]).count("site-packages"):
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def in_child(work: Callable[[], object]) -> None:
    """Do `work` in a process of its own, so that this one never opens a database that it forks with."""
    assert not kill_at(0, work), "it was killed"


def kill_backups(data: Path, folder: Path, stride: int) -> tuple[int, list[str]]:
    wrong, step = [], 1
    target = folder / "made.tar"
    while kill_at(step, lambda: back_up(settings_of(data), target)):
        if target.exists():
            wrong += check_restored(target, folder, f"backup killed at step {step}")
            target.unlink()
        step += stride
    scratch = list(data.glob(".backup-*"))
    return step // stride, [*wrong, *(f"{path} is left" for path in scratch)]


def kill_restores(backup: Path, folder: Path, stride: int) -> tuple[int, list[str]]:
    wrong, step = [], 1
    data = folder / "restored"
    while kill_at(step, lambda: restore(settings_of(data), backup)):
        if not (data / "bakeoff.db").exists():
            in_child(lambda: restore(settings_of(data), backup))
        wrong += [f"killed at step {step}: {found}" for found in problems(data)]
        shutil.rmtree(data)
        step += stride
    return step // stride, wrong


def check_restored(backup: Path, folder: Path, when: str) -> list[str]:
    data = folder / "checked"
    in_child(lambda: restore(settings_of(data), backup))
    found = [f"{when}: {problem}" for problem in problems(data)]
    shutil.rmtree(data)
    return found


def main(folder: Path, stride: int) -> None:
    """Kill both, and print what came of it."""
    source = settings_of(folder / "source")

    def make() -> None:
        from tests.migrated import migrate

        migrate(source.resolved_database_url)
        for seed in range(3):
            enqueue(source, seed)
        work_off(source)
        back_up(source, folder / "whole.tar.gz")
        assert other_bits(source) == [], EPOCHS
        open_database(source.resolved_database_url).dispose()

    in_child(make)
    backups, wrong = kill_backups(source.data, folder, stride)
    restores, more = kill_restores(folder / "whole.tar.gz", folder, stride)
    found = {"backups": backups, "restores": restores, "wrong": [*wrong, *more]}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
