"""What is tried, how often, and what is kept of it, in pieces whose parts take minutes at most."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from benchmarks.faults.queue import queue
from tests.faults import crashing
from tests.faults.black_box import run_black_box
from tests.faults.simulate import simulate_all

SEEDS = 500  # of each part
PASSES = 6  # after how many times a process comes by a crash point it crashes, at most
BLACK_BOX_SECONDS = 60


def simulate(part: int) -> dict[str, Any]:
    """Many seeds of the simulator, none of them in another part."""
    done = simulate_all(range(part * SEEDS, (part + 1) * SEEDS))
    failed = [told.violations for told in done.failed]
    return {"seeds": SEEDS, "faults": done.faults, "outcomes": done.outcomes, "violations": failed}


def crash(part: int) -> dict[str, Any]:
    """Every crash point in real processes, at one pass; a pass not reached is no fault."""
    survived = [result for result in crashing.survive_all([part % PASSES + 1]) if result.reached]
    return {
        "faults": Counter(result.crash.fault for result in survived),
        "redone": Counter(str(result.epochs_redone) for result in survived),
        "violations": [result for result in survived if result.violations],
    }


def black_box(part: int) -> dict[str, Any]:
    """A real service and three workers."""
    return asdict(run_black_box(BLACK_BOX_SECONDS, seed=part))


def mutants(part: int) -> dict[str, Any]:
    """Every planted bug against the test that must catch it."""
    del part
    command = [sys.executable, "-m", "pytest", "-q", "tests/faults/test_mutants.py"]
    ended = subprocess.run(  # noqa: S603 - our own tests
        command, capture_output=True, text=True, check=False
    )
    said = ended.stdout.strip().splitlines()[-1]
    caught = re.search(r"(\d+) passed", said)
    return {"caught": int(caught[1]) if caught else 0, "said": said}


#: Name → what does a part of it, and how many parts there are.
PIECES: dict[str, tuple[Callable[[int], dict[str, Any]], int]] = {
    "queue": (queue, 1),
    "simulate": (simulate, 6),
    "crash": (crash, 10),
    "black_box": (black_box, 4),
    "mutants": (mutants, 1),
}
