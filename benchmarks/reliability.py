"""python -m benchmarks.reliability simulate|crash|torment|mutants|write: docs/reliability.md, in pieces.

`make reliability` does all of them. Each piece keeps what it found in data/reliability.
"""

import argparse
import functools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine

from tests.reliability import crashing
from tests.reliability.black_box import torment
from tests.reliability.mutants import MUTANTS
from tests.reliability.simulate import simulate_all
from workers import jobs, leases
from workers.database import engine, sqlite_version, transaction
from workers.jobs import JobKind, JobRequest
from workers.migrate import upgrade

FOLDER = Path("data/reliability")
PAGE = Path("docs/reliability.md")
SEEDS = 3000
PASSES = range(1, 7)  # how many times a process comes by a crash point before it crashes
TORMENT_SECONDS = 60
QUEUED = 50_000


def simulate() -> dict[str, Any]:
    """Many seeds of the simulator."""
    done = simulate_all(range(SEEDS))
    failed = [told.violations for told in done.failed]
    return {"seeds": SEEDS, "faults": done.faults, "endings": done.endings, "violations": failed}


def crash() -> dict[str, Any]:
    """Every crash point in real processes, at several passes; a pass not reached is no fault."""
    survived = [one for one in crashing.survive_all(PASSES) if one.reached]
    return {
        "faults": Counter(one.crash.fault for one in survived),
        "points": len({one.crash.point for one in survived}),
        "redone": Counter(str(one.epochs_redone) for one in survived),
        "violations": [one for one in survived if one.violations],
    }


def black_box() -> dict[str, Any]:
    """A real service and three workers."""
    return asdict(torment(TORMENT_SECONDS, seed=1))


def mutants() -> dict[str, Any]:
    """Every planted bug against the test that must catch it."""
    command = [sys.executable, "-m", "pytest", "-q", "tests/reliability/test_mutants.py"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return {"all_caught": ended.returncode == 0, "said": ended.stdout.strip().splitlines()[-1]}


def queue() -> dict[str, Any]:
    """Claims and list pages while 50,000 jobs wait, on SQLite in a file, synchronous=FULL."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bakeoff.db"
        upgrade(url)
        database = engine(url)
        now = datetime.now(UTC)
        with transaction(database) as session:
            for number in range(QUEUED):
                asked = JobRequest(JobKind.TRAIN, "digits", "cnn", recipe={}, seed=number)
                jobs.enqueue(session, asked, now=now + timedelta(microseconds=number))
        claims = [_seconds(functools.partial(_claim, database)) for _ in range(500)]
        pages, cursor = [], None
        for _ in range(200):
            started = time.perf_counter()
            with transaction(database, read_only=True) as session:
                cursor = jobs.find(session, {}, limit=50, cursor=cursor).next
            pages.append(time.perf_counter() - started)
        database.dispose()
    return {"claim_seconds": claims, "page_seconds": pages}


def _claim(database: Engine) -> None:
    with transaction(database) as session:
        leases.claim(
            session, worker="w", now=datetime.now(UTC), duration=timedelta(hours=1), dead={"v"}
        )


def _seconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


PIECES = {
    "queue": queue,
    "simulate": simulate,
    "crash": crash,
    "torment": black_box,
    "mutants": mutants,
}


def write() -> None:
    """The page, from what the pieces found."""
    found = {name: json.loads((FOLDER / f"{name}.json").read_text()) for name in PIECES}
    simulated, crashed, tormented = found["simulate"], found["crash"], found["torment"]
    imagined = sum(simulated["faults"].values())
    real = sum(crashed["faults"].values()) + sum(tormented["faults"].values())
    wrong = sum(len(found[name]["violations"]) for name in ("simulate", "crash", "torment"))
    seconds = np.array(tormented["takeover_seconds"])
    caught = f"{len(MUTANTS)}/{len(MUTANTS)}" if found["mutants"]["all_caught"] else "not all"
    faults = imagined + real
    lines = [
        "# Reliability",
        "",
        "Written by `make reliability`; nothing here is typed by hand. What is promised and how it is kept:"
        " [decision 0012](decisions/0012-what-a-crash-may-cost.md).",
        "",
        f"**{faults:,} faults ({imagined:,} simulated over {simulated['seeds']:,} seeds, {real:,} in real"
        f" processes): histories in which a job is lost, an epoch accepted twice or out of turn, or the"
        f" final bits differ: {wrong}** (95 % bound {3 / faults:.1e} per fault where that is 0).",
        "",
        "| | |",
        "|---|---|",
        f"| epochs trained again per real fault | {_redone(crashed['redone'])} |",
        f"| takeover after SIGKILL on one host, lease 30 s | p50 {np.quantile(seconds, 0.5):.2f} s,"
        f" p99 {np.quantile(seconds, 0.99):.2f} s, largest {seconds.max():.2f} s (n = {len(seconds)}) |",
        f"| a claim while {QUEUED:,} jobs wait | {_milliseconds(found['queue']['claim_seconds'])} |",
        f"| a page of 50 of them | {_milliseconds(found['queue']['page_seconds'])} |",
        f"| mutants caught | {caught} |",
        f"| jobs of the simulator | {_counted(simulated['endings'])} |",
        f"| jobs of the black box | {tormented['acknowledged']} acknowledged,"
        f" {tormented['succeeded']} succeeded, the others failed after their attempts |",
        "",
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, SQLite"
        f" {sqlite_version()}, SQLAlchemy {version('sqlalchemy')}, torch {version('torch')}.",
        "",
        "## How it is tried",
        "",
        "- **Simulator** (`make simulate`): queue, worker and job code as they are, over a clock, a store, an"
        " executor and a training of their own; a seeded scheduler interleaves them."
        " `make simulate SEED=n` tells one history.",
        "- **Crash points**: a worker process meets a fault at each named point; another finishes its job.",
        "- **Black box** (`python -m tests.reliability.black_box SECONDS`): service and three workers,"
        " real trainings, SIGKILL and SIGSTOP at random. One worker is free, as a takeover needs one.",
        "- **The checker** (`tests/reliability/history.py`) reads every event of every job: one final status,"
        " epochs 1..n once and in order, tokens that only rise, nothing accepted outside a lease, attempts"
        " counted, no start after a cancel. Then: every artifact that is referred to is whole, same bits.",
        "- **Faults one by one**: `tests/reliability/test_directed.py`.",
        "",
        "## Faults",
        "",
        "| fault | simulated |",
        "|---|---:|",
        *(f"| {name} | {count:,} |" for name, count in _most(simulated["faults"])),
        "",
        "| fault | real, at crash points | real, black box |",
        "|---|---:|---:|",
        *(
            f"| {name} | {crashed['faults'].get(name, 0)} | {tormented['faults'].get(name, 0)} |"
            for name in ("SIGKILL", "SIGSTOP", "exception")
        ),
        "",
        "## Planted bugs",
        "",
        "| bug | caught by |",
        "|---|---|",
        *(f"| {one.name} | `{one.caught_by}` |" for one in MUTANTS),
    ]
    PAGE.write_text("\n".join(lines) + "\n")


def _milliseconds(seconds: list[float]) -> str:
    p50, p99 = 1000 * np.quantile(seconds, [0.5, 0.99])
    return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms (n = {len(seconds)})"


def _redone(redone: dict[str, int]) -> str:
    total = sum(redone.values())
    mean = sum(int(epochs) * count for epochs, count in redone.items()) / total
    return f"mean {mean:.2f}, most {max(map(int, redone))} (n = {total})"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in _most(counts))


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    return Counter(counts).most_common()


def main() -> None:
    """Do one piece."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("piece", choices=[*PIECES, "write"])
    piece = parser.parse_args().piece
    if piece == "write":
        write()
        return
    found = PIECES[piece]()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{piece}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
