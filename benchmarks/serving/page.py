"""docs/serving-speed.md, from the numbers of docs/serving-speed.json."""

import statistics
from typing import Any

from benchmarks.printed import ROOT
from benchmarks.serving import ablation
from benchmarks.serving.beside_peers import EMPTY, OVERLOADED, TIMES
from benchmarks.serving.bodies import MANY_PNG, ONE_PNG
from benchmarks.serving.servers import LITSERVE, MLSERVER, OURS, PLAIN
from benchmarks.spread import ratio, spread

DOCS = ROOT / "docs"
TARGET, NUMBERS = DOCS / "serving-speed.md", DOCS / "serving-speed.json"

RAY_SERVE = (
    "Not measured: Ray Serve, whose proxy, replicas and control are processes apart and would share"
    " these cores"
)
#: (body, connections, peer, its body, times): requests/s of ours are to be so many times the peer's.
GOALS = [
    (ONE_PNG, 64, PLAIN, ONE_PNG, 2.0),
    (ONE_PNG, 64, LITSERVE, ONE_PNG, 4.0),
    (MANY_PNG, 64, PLAIN, MANY_PNG, 4.0),
    (MANY_PNG, 64, LITSERVE, MANY_PNG, 4.0),
    (ONE_PNG, 64, PLAIN, EMPTY, 1 / 3),
]

Case = tuple[str, str, int]  # server, body, connections
Loads = dict[Case, dict[str, Any]]  # of one round


def page(known: dict[str, Any]) -> str:
    """The page as Markdown."""
    rounds: list[Loads] = [
        {(load["server"], load["body"], load["connections"]): load for load in each["loads"]}
        for each in known["rounds"]
    ]
    overhead = [ms for each in known["rounds"] for ms in each["overhead_ms"]]
    lines = [
        *_head(known, rounds),
        *_table(rounds),
        "",
        *_goals(rounds),
        "",
        "Server-side overhead of a lone request (total − decode − forward, as the answers say):"
        f" median {statistics.median(overhead):.3f} ms, n = {len(overhead)}; wanted under 0.2.",
        "",
        *_overload(known["rounds"], rounds),
        "",
        *_ablation(known),
        "",
        *_profiles(known["rounds"]),
        "",
    ]
    return "\n".join(lines)


def _head(known: dict[str, Any], rounds: list[Loads]) -> list[str]:
    has_mlserver = any(server == MLSERVER for server, _, _ in rounds[0])
    return [
        "# How fast serving is",
        "",
        f"Written by `make bench-serving` on {known['date']}; do not edit.",
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
        RAY_SERVE + ("." if has_mlserver else "; and MLServer, which did not install here."),
        "",
    ]


def _table(rounds: list[Loads]) -> list[str]:
    def order(case: Case) -> tuple[bool, str, int, str]:
        server, body, connections = case
        return body == EMPTY, body, connections, server

    return [
        "| body | connections | server | requests/s | ours over it | p50, ms | p99, ms |"
        " refused | broken |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|",
        *(_row(case, rounds) for case in sorted(rounds[0], key=order)),
    ]


def _row(case: Case, rounds: list[Loads]) -> str:
    server, body, connections = case
    loads = [each[case] for each in rounds]
    rates = [load["requests_per_second"] for load in loads]
    ours = (OURS, ONE_PNG if body == EMPTY else body, connections)
    cells = [
        body,
        str(connections),
        server,
        f"{statistics.median(rates):,.0f} ({min(rates):,.0f} to {max(rates):,.0f})",
        "" if server == OURS else spread([_ratio(each, ours, case) for each in rounds], "×"),
        f"{statistics.median(load['p50'] for load in loads):.2f}",
        f"{statistics.median(load['p99'] for load in loads):.2f}",
        str(sum(load["refused"] for load in loads)),
        str(sum(load["broken"] for load in loads)),
    ]
    return "| " + " | ".join(cells) + " |"


def _goals(rounds: list[Loads]) -> list[str]:
    lines = [
        "## What was to be reached",
        "",
        "| ours | over | wanted | measured |",
        "|---|---|---:|---:|",
    ]
    for body, connections, server, other, wanted in GOALS:
        ours, theirs = (OURS, body, connections), (server, other, connections)
        measured = spread([_ratio(each, ours, theirs) for each in rounds], "×")
        peer = EMPTY if other == EMPTY else f"{server}, {other}"
        lines.append(f"| {body}, {connections} connections | {peer} | {wanted:.2f}× | {measured} |")
    case = (ONE_PNG, 64)
    slowest = spread([each[OURS, *case]["p99"] / each[PLAIN, *case]["p99"] for each in rounds], "×")
    return [
        *lines,
        "",
        f"p99 of one PNG over 64 connections, ours over {PLAIN}: {slowest}; wanted no more than 1.00×.",
    ]


def _overload(measured: list[dict[str, Any]], rounds: list[Loads]) -> list[str]:
    lines = [
        f"## {TIMES} times the load it can bear",
        "",
        f"{TIMES} times as many requests a second as it answered to 64 connections in the same round,"
        " sent when they are due, whether or not those before have been answered"
        " (`benchmarks/serving/open_loop.py`, a process of its own on the same two cores). Wanted: no"
        " 5xx, and at least 0.90 of the peak answered with 200. Milliseconds are of those, from when they"
        " were due.",
        "",
        "| body | asked/s | answered/s | over the peak | p50, ms | p99, ms | refused | 5xx | broken |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for body in OVERLOADED:
        loads = [load for each in measured for load in each["overloads"] if load["body"] == body]
        peaks = [each[OURS, body, 64]["requests_per_second"] for each in rounds]
        answered = [load["requests_per_second"] for load in loads]
        cells = [
            body,
            f"{statistics.median(load['asked'] for load in loads):,.0f}",
            f"{statistics.median(answered):,.0f}",
            spread([rate / peak for rate, peak in zip(answered, peaks, strict=True)], "×"),
            f"{statistics.median(load['p50'] for load in loads):.0f}",
            f"{statistics.median(load['p99'] for load in loads):.0f}",
            *(str(sum(load[n] for load in loads)) for n in ("refused", "server_errors", "broken")),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _ablation(known: dict[str, Any]) -> list[str]:
    head = ["## What each part of `service/overload` gains", ""]
    if "ablation" not in known:
        return [*head, "Not measured yet."]
    measured = known["ablation"]
    where = f"Measured on {measured['date']}: {measured['evidence']}."
    return [*head, *ablation.section(measured["rounds"], measured["seconds"]), "", where]


def _profiles(measured: list[dict[str, Any]]) -> list[str]:
    lines = [
        "## What limits it",
        "",
        "Share of the busy samples of all threads of the service by the module that was running, 64"
        " connections, the last round (py-spy, in seconds of their own that are not timed).",
        "",
        "| body | |",
        "|---|---|",
    ]
    for load in measured[-1]["profiles"]:
        shares = ", ".join(f"{place} {share:.0%}" for place, share in load["shares"].items())
        lines.append(f"| {load['body']} | {shares} |")
    return lines


def _ratio(each: Loads, ours: Case, theirs: Case) -> float:
    return ratio(each[ours]["requests_per_second"], each[theirs]["requests_per_second"])
