"""docs/serving-speed.md, from the rounds of docs/serving-speed.json."""

import os
import platform
import statistics
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workers.training.device import device_name, resolve

OURS, PLAIN, LITSERVE = "Bakeoff", "FastAPI + eager torch", "LitServe"
EMPTY = "empty FastAPI route"
OVERLOAD = 1024  # connections: twice as many as are let in at once
DOCS = Path(__file__).parents[1] / "docs"
TARGET, NUMBERS = DOCS / "serving-speed.md", DOCS / "serving-speed.json"

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
    return f"{machine}; Python {platform.python_version()}, {versions}"


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
            " gets the same JSON with PNG files in base64; `raw` and `.npy` are forms only ours"
            " takes. Median over the rounds, in brackets the lowest and the highest.",
            "",
            f"{known['evidence']}.",
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
            "Server-side overhead of a lone request (total − decode − forward, as the answers say):"
            f" median {statistics.median(overhead):.3f} ms, n = {len(overhead)}; wanted under 0.2.",
            "",
            overload(rounds),
            "",
        ]
    )


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


def overload(rounds: list[dict[Case, Load]]) -> str:
    """What becomes of answers when twice as many ask as are let in."""
    case = (OURS, "64 PNG", OVERLOAD)
    goodput = _spread(lambda one: _ratio(one, case, (OURS, "64 PNG", 64)), rounds)
    loads = [one[case] for one in rounds]
    return (
        f"{OVERLOAD} connections are twice what is let in at once; wrk comes back at once, whatever"
        f" `Retry-After` says. {sum(one['refused'] for one in loads):,} were refused,"
        f" {sum(one['server_errors'] for one in loads)} answered with 5xx; goodput over that of 64"
        f" connections: {goodput}; the slowest hundredth of the answers of all kinds took"
        f" {statistics.median(one['p99'] for one in loads):,.0f} ms or more."
    )


def _ratio(one: dict[Case, Load], ours: Case, theirs: Case) -> float:
    return float(one[ours]["requests_per_second"] / one[theirs]["requests_per_second"])


def _spread(ratio: Callable[[dict[Case, Load]], float], rounds: list[dict[Case, Load]]) -> str:
    ratios = sorted(map(ratio, rounds))
    return f"{statistics.median(ratios):.2f}× ({ratios[0]:.2f} to {ratios[-1]:.2f})"
