"""A fault at every crash point, in real processes: a second worker finishes in the same bits."""

import itertools
import json
import subprocess
import sys

import pytest

from workers.crash_points import CrashPoint


@pytest.mark.skipif(sys.platform != "linux", reason="stops processes with Linux's signals")
@pytest.mark.timeout(900)  # a busy machine has its time
def test_whatever_happens_at_any_crash_point_costs_at_most_one_epoch() -> None:
    command = [sys.executable, "-m", "tests.reliability.crash_all"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    survived = json.loads(ended.stdout)

    assert [one for one in survived if one["violations"] or one["epochs_redone"] > 1] == []
    reached = {tuple(one["crash"][:2]) for one in survived if one["reached"]}
    assert reached == set(itertools.product(CrashPoint, ["SIGKILL", "SIGSTOP", "exception"]))
