"""The soak: what it holds against the service, and that the service stands a minute of it."""

import random
import subprocess
import sys
import time
from collections import Counter
from typing import Any

import httpx
import numpy as np
import pytest

from benchmarks.printed import ROOT
from benchmarks.soak.expected import Reference
from benchmarks.soak.phases import FAULTS, TRAFFIC
from benchmarks.soak.pictures import Picture
from benchmarks.soak.readings import Reading
from benchmarks.soak.record import Record
from benchmarks.soak.report import JUDGED_FROM, Measured, report
from benchmarks.soak.world import World

FILES = Counter({"socket": 3, "/data/bakeoff.db": 2})
PROBLEM = {"Content-Type": "application/problem+json"}


def readings(rise: float, seconds: float = JUDGED_FROM) -> list[Reading]:
    """Of memory that rises by so many MiB in ten minutes."""
    return [Reading(moment, 1, 100 + rise * moment / 600) for moment in (0, seconds / 2, seconds)]


def passes(record: Record, memory: list[Reading], after: Counter[str] = FILES) -> bool:
    _, is_right = report(record, Measured(memory, (FILES, after), had_small_disk=True))
    return is_right


def test_memory_that_stays_and_files_that_are_closed_again_pass() -> None:
    assert passes(Record(), readings(0.5))


@pytest.mark.parametrize(
    ("memory", "after", "wrong"),
    [
        (readings(1.5), FILES, 0),
        (readings(0), FILES + Counter(["socket"]), 0),
        (readings(0), FILES, 1),
    ],
    ids=["memory rises", "a socket stays open", "a wrong answer"],
)
def test_what_must_not_be_fails(memory: list[Reading], after: Counter[str], wrong: int) -> None:
    record = Record()
    for _ in range(wrong):
        record.note_wrong("a 500")

    assert not passes(record, memory, after)


def test_memory_is_not_judged_by_a_short_soak_nor_files_by_the_fonts_of_charts() -> None:
    fonts = FILES + Counter(["/fonts/DejaVuSans.ttf"])

    assert passes(Record(), readings(100, seconds=JUDGED_FROM / 2), fonts)


def test_an_answer_is_right_where_its_probabilities_are_those_of_the_model_offline() -> None:
    picture = Picture("digit", b"", None)
    reference = Reference("m", ["a", "b"], {"digit": np.array([0.25, 0.75], np.float32)})
    top = [{"label": "b", "probability": 0.75}, {"label": "a", "probability": 0.25}]

    assert reference.judge_prediction(picture, {"top": top}) is None
    assert "off by" in str(reference.judge(picture, [0.26, 0.74]))
    assert "classes" in str(reference.judge_prediction(picture, {"top": top[:1]}))


@pytest.mark.parametrize(
    ("status", "headers", "wrong"),
    [
        (500, PROBLEM, 1),
        (503, PROBLEM, 1),
        (503, {**PROBLEM, "Retry-After": "5"}, 0),
        (429, PROBLEM, 0),
        (404, PROBLEM, 1),
    ],
)
def test_a_5xx_is_wrong_but_for_the_documented_503(
    status: int, headers: dict[str, str], wrong: int
) -> None:
    world = _world()

    world.note_status("GET /", httpx.Response(status, headers=headers))

    assert world.record.num_wrong == wrong


def test_a_broken_connection_is_excused_by_an_outage_alone() -> None:
    world = _world()
    with world.outage():
        during = time.monotonic()
    world.note_broken("GET /", httpx.ReadError("gone"), during)
    assert world.record.num_wrong == 0

    world.note_broken("GET /", httpx.ReadError("gone"), time.monotonic() + 1)
    assert world.record.num_wrong == 1


def test_every_kind_of_traffic_and_every_fault_has_what_it_needs() -> None:
    assert all(callable(kind.act) and kind.PAUSE > 0 for kind in TRAFFIC.values())
    assert all(callable(fault.strike) for fault in FAULTS.values())
    assert [name for name, fault in FAULTS.items() if fault.ENDS_API] == ["killed_api"]


@pytest.mark.slow
def test_the_service_stands_a_minute_of_it() -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "1"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout


def _world() -> World:
    installation: Any = type("Installation", (), {"url": "http://127.0.0.1:1"})()
    return World(
        installation,
        Record(),
        [],
        [],
        random.Random(0),  # noqa: S311 - chance, not secrecy
        "comparison",
        has_small_disk=False,
    )
