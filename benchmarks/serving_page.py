"""docs/serving-speed.md, from the rounds of docs/serving-speed.json."""

import os
import platform
import statistics
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.spread import spread
from workers.training.hardware.device import device_name, resolve

OURS, PLAIN, LITSERVE, MLSERVER = "Bakeoff", "FastAPI + eager torch", "LitServe", "MLServer"
EMPTY = "empty FastAPI route"
OVERLOADED = ("one PNG", "64 PNG")  # what is asked for more often than it can be answered:
TIMES = 2  # times the requests/s of 64 connections
DOCS = Path(__file__).parents[1] / "docs"
TARGET, NUMBERS = DOCS / "serving-speed.md", DOCS / "serving-speed.json"

MLSERVER_PYTHON = (
    DOCS.with_name(".venv-mlserver") / "bin" / "python"
)  # which wants an older FastAPI
RAY_SERVE = (
    "Not measured: Ray Serve, whose proxy, replicas and control are processes apart and would share"
    " these cores"
)
#: What is to be reached, as a multiple of: requests/s of (server, body, connections) of ours over another's.
GOALS = [
    ("one PNG", 64, PLAIN, "one PNG", 2.0),
    ("one PNG", 64, LITSERVE, "one PNG", 4.0),
    ("64 PNG", 64, PLAIN, "64 PNG", 4.0),
    ("64 PNG", 64, LITSERVE, "64 PNG", 4.0),
    ("one PNG", 64, PLAIN, EMPTY, 1 / 3),
]

Load = dict[str, Any]
Case = tuple[str, str, int]  # server, body, connections


def evidence() -> str:
    """Where and with what it was measured."""
    names = ("fastapi", "uvicorn", "litserve", "torch", "onnxruntime", "pillow")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    machine = f"{device_name(resolve('cpu'))}, {os.cpu_count()} cores, {platform.system()}"
    return f"{machine}; Python {platform.python_version()}, {versions}{_mlserver()}"


def _mlserver() -> str:
    if not MLSERVER_PYTHON.exists():
        return ""
    asked = "from importlib.metadata import version; print(version('mlserver'))"
    found = subprocess.check_output([MLSERVER_PYTHON, "-c", asked], text=True)  # noqa: S603 - ours
    return f", mlserver {found.strip()} in an environment of its own"


def page(known: dict[str, Any]) -> str:
    """The page as Markdown."""
    rounds = [
        {(one["server"], one["body"], one["connections"]): one for one in each["loads"]}
        for each in known["rounds"]
    ]
    overhead = [one for each in known["rounds"] for one in each["overhead_ms"]]
    return "\n".join(
        [
            "# How fast serving is",
            "",
            f"Written by `make bench-serving` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
            "",
            "The assignment's CNN on 28×28 grey images, served by one process of each server, by"
            f" turns, one up at a time: n = {len(rounds)} rounds, {known['seconds']} s each after a"
            " warm-up. wrk makes the load from a process of its own on the same machine. Every server"
            " gets JSON with the same PNG files in base64, MLServer as a tensor of its protocol; `raw` and"
            " `.npy` are forms only ours takes. Median over the rounds, in brackets the lowest and"
            " the highest.",
            "",
            f"{known['evidence']}.",
            "",
            RAY_SERVE
            + ("." if _has(MLSERVER, rounds) else "; and MLServer, which did not install here."),
            "",
            "| body | connections | server | requests/s | ours over it | p50, ms | p99, ms |"
            " refused | broken |",
            "|---|---:|---|---:|---:|---:|---:|---:|---:|",
            *(row(case, rounds) for case in sorted(rounds[0], key=_order)),
            "",
            "## What was to be reached",
            "",
            "| ours | over | wanted | measured |",
            "|---|---|---:|---:|",
            *(goal(rounds, *one) for one in GOALS),
            "",
            "p99 of one PNG over 64 connections, ours over FastAPI + eager torch: "
            + _spread(_slowest, rounds)
            + "; wanted no more than 1.00×.",
            "",
            "Server-side overhead of a lone request (total − decode − forward, as the answers say):"
            f" median {statistics.median(overhead):.3f} ms, n = {len(overhead)}; wanted under 0.2.",
            "",
            *overload(known["rounds"], rounds),
            "",
            *limits(known["rounds"]),
            "",
        ]
    )


def _has(server: str, rounds: list[dict[Case, Load]]) -> bool:
    return any(case[0] == server for case in rounds[0])


def _order(case: Case) -> tuple[bool, str, int, str]:
    server, body, connections = case
    return body == EMPTY, body, connections, server


def row(case: Case, rounds: list[dict[Case, Load]]) -> str:
    """One line of the table."""
    server, body, connections = case
    loads = [one[case] for one in rounds]
    rates = [one["requests_per_second"] for one in loads]
    ours = (OURS, "one PNG" if body == EMPTY else body, connections)
    is_peer = server != OURS
    cells = [
        body,
        str(connections),
        server,
        f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})",
        _spread(lambda one: _ratio(one, ours, case), rounds) if is_peer else "",
        f"{statistics.median(one['p50'] for one in loads):.2f}",
        f"{statistics.median(one['p99'] for one in loads):.2f}",
        str(sum(one["refused"] for one in loads)),
        str(sum(one["broken"] for one in loads)),
    ]
    return "| " + " | ".join(cells) + " |"


def goal(
    rounds: list[dict[Case, Load]],
    body: str,
    connections: int,
    server: str,
    other: str,
    wanted: float,
) -> str:
    """One line of what was to be reached."""
    ours, theirs = (OURS, body, connections), (server, other, connections)
    found = _spread(lambda one: _ratio(one, ours, theirs), rounds)
    what = EMPTY if other == EMPTY else f"{server}, {other}"
    return f"| {body}, {connections} connections | {what} | {wanted:.2f}× | {found} |"


def overload(measured: list[dict[str, Any]], rounds: list[dict[Case, Load]]) -> list[str]:
    """What becomes of answers when twice as many are asked for as can be given."""
    lines = [
        f"## {TIMES} times the load it can bear",
        "",
        f"{TIMES} times as many requests a second as it answered to 64 connections in the same round,"
        " sent when they are due, whether or not those before have been answered"
        " (`benchmarks/open_loop.py`, a process of its own on the same two cores). Wanted: no 5xx, and"
        " at least 0.90 of the peak answered with 200. Milliseconds are of those, from when they were due.",
        "",
        "| body | asked/s | answered/s | over the peak | p50, ms | p99, ms | refused | 5xx | broken |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for body in OVERLOADED:
        loads = [one for each in measured for one in each["overloads"] if one["body"] == body]
        peaks = [one[OURS, body, 64]["requests_per_second"] for one in rounds]
        goodputs = [one["requests_per_second"] for one in loads]
        cells = [
            body,
            f"{statistics.median(one['asked'] for one in loads):,.0f}",
            f"{statistics.median(goodputs):,.0f}",
            spread([good / peak for good, peak in zip(goodputs, peaks, strict=True)], "×"),
            f"{statistics.median(one['p50'] for one in loads):.0f}",
            f"{statistics.median(one['p99'] for one in loads):.0f}",
            *(
                str(sum(one[kind] for one in loads))
                for kind in ("refused", "server_errors", "broken")
            ),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def limits(measured: list[dict[str, Any]]) -> list[str]:
    """Where the time of the service goes, in the last round."""
    return [
        "## What limits it",
        "",
        "Share of the busy samples of all threads of the service by the module that was running, 64"
        " connections, the last round (py-spy, in seconds of their own that are not timed).",
        "",
        "| body | |",
        "|---|---|",
        *(
            f"| {one['body']} | "
            + ", ".join(f"{place} {share:.0%}" for place, share in one["shares"].items())
            + " |"
            for one in measured[-1]["profiles"]
        ),
    ]


def _ratio(one: dict[Case, Load], ours: Case, theirs: Case) -> float:
    return float(one[ours]["requests_per_second"] / one[theirs]["requests_per_second"])


def _slowest(one: dict[Case, Load]) -> float:
    case = ("one PNG", 64)
    return float(one[OURS, *case]["p99"] / one[PLAIN, *case]["p99"])


def _spread(ratio: Callable[[dict[Case, Load]], float], rounds: list[dict[Case, Load]]) -> str:
    return spread(list(map(ratio, rounds)), "×")
