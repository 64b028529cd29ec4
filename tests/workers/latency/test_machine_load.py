"""The load of other processes, from the counters of the machine and of this process."""

import subprocess
import sys
from typing import NamedTuple

import pytest

from workers.latency import machine_load
from workers.latency.machine_load import Load


class Times(NamedTuple):
    """Seconds of all cores, as psutil gives them on Linux."""

    user: float
    system: float
    idle: float
    iowait: float
    guest: float


class Own(NamedTuple):
    user: float
    system: float


def test_the_load_is_the_work_of_other_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """In two seconds the machine works for three, of which one is ours."""
    now, whole, own = 10.0, Times(10, 5, 90, 0.7, guest=3), Own(4, 1)
    monkeypatch.setattr(machine_load, "perf_counter", lambda: now)
    monkeypatch.setattr(machine_load.psutil, "cpu_times", lambda: whole)
    monkeypatch.setattr(machine_load.psutil.Process, "cpu_times", lambda _: own)
    load = Load()
    now, whole, own = 12.0, Times(12, 6, 99, 0.99, guest=4), Own(4.5, 1.5)

    assert load.of_others() == pytest.approx(1.0)


def test_the_work_of_another_process_is_seen() -> None:
    loop = "import time; end = time.perf_counter() + 2\nwhile time.perf_counter() < end: pass"
    load = Load()

    subprocess.run([sys.executable, "-c", loop], check=True)

    assert load.of_others() > 0.4  # and not 1: the machine may be busy
