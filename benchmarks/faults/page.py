"""docs/fault-tolerance.md, from what the pieces found."""

import os
import platform
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.faults.queue import QUEUED
from tests.faults.mutants import MUTANTS
from workers.crash_points import CrashPoint
from workers.storage.database import sqlite_version

PAGE = Path("docs/fault-tolerance.md")
REAL = ("SIGKILL", "SIGSTOP", "exception")

HOW = """\
## How it is tested

- **Simulator** (`make simulate`): queue, worker and job code as they are, over a clock, a store, an
  executor and a training of their own; a seeded scheduler interleaves them.
  `make simulate SEED=n` tells one history. The tests run some seeds on a real PostgreSQL as well.
- **Crash points**: a worker process meets a fault at each named point; another worker
  finishes its job.
- **Black box** (`python -m tests.faults.black_box SECONDS`): service and three workers, real
  trainings, SIGKILL and SIGSTOP at random. One worker is free to take over.
- **The checker** (`tests/faults/history.py`) reads every event of every job: one final status,
  epochs 1..n once and in order, tokens that only rise, nothing accepted outside a lease, attempts
  counted, no start after a cancel. Then: every artifact that is referred to is whole, same bits.
- **Faults one by one**, in `tests/faults`: full disks (`test_disk.py`), locked databases
  (`test_database.py`), jobs cancelled, killed or stalled (`test_cancelled_and_killed.py`), a job that
  kills its worker (`test_deadly_job.py`), a power cut (`test_power_cut.py`), restarts
  (`test_restarts.py`).
- **Requests**: `tests/service/test_openapi.py` asks every operation of the OpenAPI document for what
  it does and does not accept; `tests/service/routes/v1/test_damaged_bodies.py` sends bodies that are
  almost right.
"""


def write(found: dict[str, list[dict[str, Any]]]) -> None:
    """Write the page; `found` is piece → the result of each of its parts."""
    simulated, real = _counted(found["simulate"], "faults"), _real(found)
    num_real = sum(counts.total() for counts in real.values())
    lines = [
        "# Fault tolerance",
        "",
        "Written by `make faults`; no figure here is typed by hand. What is promised and how it is"
        " kept: [decision 0012](decisions/0012-what-a-crash-may-cost.md).",
        "",
        _claim(found, simulated.total(), num_real),
        "",
        *_table(("", ""), [*_queue_facts(found), *_test_facts(found)]),
        "",
        _machine(),
        "",
        HOW,
        *_fault_tables(simulated, real),
        "## Planted bugs",
        "",
        *_table(
            ("bug", "caught by"), [[mutant.name, f"`{mutant.caught_by}`"] for mutant in MUTANTS]
        ),
        "",
    ]
    PAGE.write_text("\n".join(lines))


def _machine() -> str:
    return (
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), Python"
        f" {platform.python_version()}, SQLite {sqlite_version()}, SQLAlchemy"
        f" {version('sqlalchemy')}, torch {version('torch')}."
    )


def _fault_tables(simulated: Counter[str], real: dict[str, Counter[str]]) -> list[str]:
    return [
        "## Faults",
        "",
        *_table(("fault", "simulated"), _rows(simulated)),
        "",
        *_table(
            ("fault", "real, at crash points", "real, black box"),
            [[name, *(str(counts[name]) for counts in real.values())] for name in REAL],
        ),
        "",
    ]


def _claim(found: dict[str, list[dict[str, Any]]], num_simulated: int, num_real: int) -> str:
    parts = [part for name in ("simulate", "crash", "black_box") for part in found[name]]
    violations = sum(len(part["violations"]) for part in parts)
    seeds = sum(part["seeds"] for part in found["simulate"])
    faults = num_simulated + num_real
    return (
        f"**{faults:,} faults ({num_simulated:,} simulated over {seeds:,} seeds, {num_real:,} in real"
        " processes): histories in which a job is lost, an epoch accepted twice or out of turn, or the"
        f" final bits differ: {violations}** (95 % bound {3 / faults:.1e} per fault where that is 0)."
    )


def _queue_facts(found: dict[str, list[dict[str, Any]]]) -> list[list[str]]:
    [queue] = found["queue"]
    takeovers = np.array(
        [seconds for part in found["black_box"] for seconds in part["takeover_seconds"]]
    )
    p50, p99 = np.quantile(takeovers, [0.5, 0.99])
    return [
        ["epochs trained again per real fault", _redone(_counted(found["crash"], "redone"))],
        [
            "takeover after SIGKILL on one host, lease 30 s",
            f"p50 {p50:.2f} s, p99 {p99:.2f} s, largest {takeovers.max():.2f} s (n = {len(takeovers)})",
        ],
        [f"a claim while {QUEUED:,} jobs wait", _milliseconds(queue["claim_seconds"])],
        *(
            [f"a page of 50, {name}, over HTTP", _milliseconds(seconds)]
            for name, seconds in queue["page_seconds"].items()
        ),
    ]


def _test_facts(found: dict[str, list[dict[str, Any]]]) -> list[list[str]]:
    [mutants] = found["mutants"]
    acknowledged, succeeded = (
        sum(part[name] for part in found["black_box"]) for name in ("acknowledged", "succeeded")
    )
    outcomes = _rows(_counted(found["simulate"], "outcomes"))
    return [
        ["mutants caught", f"{mutants['caught']}/{len(MUTANTS)}"],
        ["crash points", str(len(CrashPoint))],
        ["jobs of the simulator", ", ".join(f"{count} {name}" for name, count in outcomes)],
        [
            "jobs of the black box",
            f"{acknowledged} acknowledged, {succeeded} succeeded,"
            f" {acknowledged - succeeded} failed after their attempts",
        ],
    ]


def _real(found: dict[str, list[dict[str, Any]]]) -> dict[str, Counter[str]]:
    return {piece: _counted(found[piece], "faults") for piece in ("crash", "black_box")}


def _counted(parts: list[dict[str, Any]], name: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part[name])
    return total


def _milliseconds(seconds: list[float]) -> str:
    p50, p99 = 1000 * np.quantile(seconds, [0.5, 0.99])
    return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms (n = {len(seconds)})"


def _redone(redone: Counter[str]) -> str:
    mean = sum(int(epochs) * count for epochs, count in redone.items()) / redone.total()
    return f"mean {mean:.2f}, most {max(map(int, redone))} (n = {redone.total()})"


def _rows(counts: Counter[str]) -> list[list[str]]:
    return [[name, f"{count:,}"] for name, count in counts.most_common()]


def _table(head: tuple[str, ...], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]
