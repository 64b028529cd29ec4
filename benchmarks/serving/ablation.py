"""What each part of `service.overload` gains: the service with all parts, and without each of them.

Every round measures every variant once, in another order: one PNG over 64 connections, then requests
at twice the rate that the whole service has answered, sent whether or not others have been answered.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.printed import ROOT
from benchmarks.serving.beside_peers import TIMES
from benchmarks.serving.bodies import ONE_PNG
from benchmarks.serving.load import Body, overload, wrk
from benchmarks.serving.servers import Server, started, without
from benchmarks.spread import ratio, spread
from service.overload import PARTS

NOTHING = "nothing"  # is left out: the whole service
CONNECTIONS = 64
README = ROOT / "service" / "overload" / "README.md"
BEGIN, END = "<!-- ablation: written by make bench-serving -->", "<!-- end of ablation -->"

Variant = dict[str, Any]  # what was measured of it: `closed` and `open`, each a Load
Round = dict[str, Variant]  # by what is left out


def measure(
    model_id: str, bodies: dict[str, Body], folder: Path, *, rounds: int, seconds: int
) -> list[Round]:
    """So many rounds of every variant, each under both loads for `seconds`."""
    variants = [without(part, model_id) for part in (NOTHING, *PARTS)]
    measured: list[Round] = []
    rate = None  # of the open load: known when the whole service, which comes first, was measured
    for number in range(rounds):
        turn = number % len(variants)
        measured.append({})
        for server in variants[turn:] + variants[:turn]:
            variant = _measure_variant(server, bodies[ONE_PNG], folder, seconds, rate)
            rate = rate or variant["asked"]
            measured[-1][server.name] = variant
        Console().print(f"round {number + 1} of the ablation is done")
    return measured


def _measure_variant(
    server: Server, body: Body, folder: Path, seconds: int, rate: float | None
) -> Variant:
    with started(server, folder) as (url, _):
        at = url + server.path
        wrk(at, body, connections=8, seconds=1, folder=folder)  # warm-up
        closed = wrk(at, body, connections=CONNECTIONS, seconds=seconds, folder=folder)
        rate = rate or TIMES * closed.requests_per_second
        over = overload(at, body, rate=rate, seconds=seconds)
    return {"asked": rate, "closed": asdict(closed), "open": asdict(over)}


def table(rounds: list[Round]) -> list[str]:
    """A line for each part: the whole service over the service without it, within a round."""
    return [
        f"| without | requests/s over {CONNECTIONS} connections | answers/s at {TIMES} times the load"
        " | p99 at that load |",
        "|---|---:|---:|---:|",
        *(_row(part, rounds) for part in rounds[0] if part != NOTHING),
    ]


def _row(part: str, rounds: list[Round]) -> str:
    def gain(load: str, number: str) -> list[float]:
        return [ratio(each[NOTHING][load][number], each[part][load][number]) for each in rounds]

    cells = [
        f"`{part}`" if part in PARTS else f"~~`{part}`~~",  # removed since for what it gained
        spread(gain("closed", "requests_per_second"), "×"),
        spread(gain("open", "requests_per_second"), "×"),
        spread(gain("open", "p99"), "×"),
    ]
    return "| " + " | ".join(cells) + " |"


def section(rounds: list[Round], seconds: int) -> list[str]:
    """What was measured, in words, and the table."""
    return [
        f"One PNG in JSON, n = {len(rounds)} rounds, {seconds} s of each load after a warm-up: what the"
        " whole service reaches over what it reaches without one part. Median over the rounds, in"
        " brackets the lowest and the highest. Over 1 of requests/s and answers/s, or under 1 of p99,"
        " the part is worth something.",
        "",
        *table(rounds),
    ]


def write_readme(rounds: list[Round], seconds: int) -> None:
    """Put the table into the README of the room."""
    before, _, rest = README.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    inside = "\n".join([BEGIN, *section(rounds, seconds), END])
    README.write_text(f"{before}{inside}{after}")
