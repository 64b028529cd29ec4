"""One round beside the peers: every server, every body, every number of connections."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from benchmarks.serving import profile
from benchmarks.serving.bodies import MANY_PNG, ONE_PNG
from benchmarks.serving.load import Body, overload, wrk
from benchmarks.serving.servers import OURS, PLAIN, Server, ours_and_peers, started

EMPTY = "empty FastAPI route"
CONNECTIONS = (1, 8, 64)
OVERLOADED = (ONE_PNG, MANY_PNG)  # what is asked for more often than it can be answered:
TIMES = 2  # times the requests/s of 64 connections

Round = dict[str, Any]


def measure(model_id: str, bodies: dict[str, Body], folder: Path, seconds: int) -> Round:
    """One round: every server by turns, one up at a time."""
    measured: Round = {"loads": [], "overloads": [], "profiles": [], "overhead_ms": []}
    for server in ours_and_peers(model_id):
        try:
            of_server = _measure_server(server, bodies, folder, seconds)
        except (RuntimeError, subprocess.SubprocessError, httpx.HTTPError) as error:
            Console().print(f"{server.name}: {error}; it is tried again")
            of_server = _measure_server(server, bodies, folder, seconds)
        for kind, values in of_server.items():
            measured[kind] += values
    return measured


def _measure_server(server: Server, bodies: dict[str, Body], folder: Path, seconds: int) -> Round:
    measured: Round = {"loads": [], "overloads": [], "profiles": []}
    with started(server, folder) as (url, process_id):
        address = url + server.path
        if server.name == OURS:
            measured["overhead_ms"] = _idle_overhead(address, bodies[ONE_PNG])
        for name, connections in _cases(server.name):
            at = f"{url}/empty" if name == EMPTY else address
            body = bodies.get(name + server.form)
            wrk(at, body, connections=8, seconds=1, folder=folder)  # warm-up
            load = wrk(at, body, connections=connections, seconds=seconds, folder=folder)
            case = {"server": server.name, "body": name, "connections": connections}
            measured["loads"].append(case | asdict(load))
            if server.name == OURS and connections == CONNECTIONS[-1] and name in OVERLOADED:
                rate = TIMES * load.requests_per_second
                over = overload(at, bodies[name], rate=rate, seconds=seconds)
                measured["overloads"].append({"body": name, "asked": rate} | asdict(over))
                shares = _profile(process_id, at, body, folder, seconds)
                measured["profiles"].append({"body": name, "shares": shares})
    return measured


def _cases(server: str) -> list[tuple[str, int]]:
    """What is measured of a server: bodies, over so many connections."""
    every = [(body, connections) for body in (ONE_PNG, MANY_PNG) for connections in CONNECTIONS]
    if server == OURS:
        return [*every, ("one PNG, raw", 64), ("64 images, .npy", 64)]
    if server == PLAIN:
        return [*every, *((EMPTY, connections) for connections in CONNECTIONS)]
    return every


def _profile(
    process_id: int, url: str, body: Body | None, folder: Path, seconds: int
) -> dict[str, float]:
    """Where the time goes under load. Sampling slows the server down, so nothing is timed meanwhile."""
    with ThreadPoolExecutor() as pool:
        load = pool.submit(
            wrk, url, body, connections=CONNECTIONS[-1], seconds=seconds + 1, folder=folder
        )
        shares = profile.shares(process_id, seconds)
        load.result()
    return shares


def _idle_overhead(url: str, body: Body) -> list[float]:
    """Milliseconds of total − decode − forward, as the answers say it, one request at a time."""
    overhead = []
    with httpx.Client() as client:
        for _ in range(200):
            answer = client.post(
                url, content=body.path.read_bytes(), headers={"Content-Type": body.kind}
            )
            latency = answer.json()["latency_ms"]
            overhead.append(latency["total"] - latency["decode"] - latency["forward"])
    return overhead
