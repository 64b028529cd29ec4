"""A fault at every crash point, in real processes: a second worker finishes in the same bits."""

import itertools
import json
import subprocess
import sys
from typing import Any

import pytest

from workers.crash_points import CrashPoint

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="stops processes with Linux's signals"),
    pytest.mark.timeout(900),  # a busy machine has its time
]


@pytest.mark.slow
def test_whatever_happens_at_any_crash_point_costs_at_most_one_epoch() -> None:
    _costs_at_most_one_epoch(_survived())


@pytest.mark.slow
def test_nor_does_it_on_postgresql(postgresql: str) -> None:
    _costs_at_most_one_epoch(_survived(postgresql))


def _survived(*host: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.faults.crash_all", *host]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    survived: list[dict[str, Any]] = json.loads(ended.stdout)
    return survived


def _costs_at_most_one_epoch(survived: list[dict[str, Any]]) -> None:
    assert [
        result for result in survived if result["violations"] or result["epochs_redone"] > 1
    ] == []
    reached = {tuple(result["crash"][:2]) for result in survived if result["reached"]}
    assert reached == set(itertools.product(CrashPoint, ["SIGKILL", "SIGSTOP", "exception"]))
