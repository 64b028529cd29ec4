"""make soak MINUTES=…: mixed traffic and faults against real processes; fails where anything is wrong.

First the service's process is killed again and again; then another lives to the end, with every other
fault, while its memory and its files are read. Nothing but the documented 503 may be answered with a 5xx,
every answer of a model must be that of the same model offline, and nobody may wait for ever.
"""

import asyncio
import random
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bakeoff import Client
from benchmarks.soak.expected import predict_offline
from benchmarks.soak.installation import Installation
from benchmarks.soak.phases import FAULTS, run_phase
from benchmarks.soak.pictures import make_pictures
from benchmarks.soak.readings import Reading, open_files, read_until
from benchmarks.soak.record import Record
from benchmarks.soak.report import Measured, report
from benchmarks.soak.small_disk import small_disk
from benchmarks.soak.world import World

ARCHITECTURES = ["fully_connected", "cnn"]
KILLED, WARM_UP = 0.25, 0.25  # of the time: with kills of the service, and before memory counts
AT_ONCE = 100  # requests
SETTLE_SECONDS = 10.0  # after which connections that clients have left are closed


def main(
    minutes: Annotated[float, typer.Option(min=0.5, help="How long.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Of the order of traffic and faults.")] = 0,
) -> None:
    """Soak, and print what was found."""
    logs = Path(tempfile.mkdtemp(prefix="soak-"))  # stay, to look for what went wrong
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        with small_disk(data) as has_small_disk:
            installation = Installation(data, logs)
            try:
                world = _world(installation, seed, has_small_disk=has_small_disk)
                measured = asyncio.run(_soak(world, 60 * minutes))
            finally:
                installation.stop()
    lines, is_right = report(world.record, measured)
    memory = [f"{reading.moment:.1f},{reading.anonymous_mib:.2f}" for reading in measured.readings]
    (logs / "memory.csv").write_text("\n".join(["seconds,mib", *memory]))
    lines.append(f"the logs of the processes and memory.csv are in {logs}")
    Console().print("\n".join(lines), soft_wrap=True, highlight=False, markup=False)
    sys.exit(0 if is_right else 1)


def _world(installation: Installation, seed: int, *, has_small_disk: bool) -> World:
    """Train the models that are asked, and ask them offline."""
    installation.wait_until_ready()
    with Client(installation.url) as client:
        asked = client.create_comparison("digits", ARCHITECTURES, recipe={"epochs": 2}, seeds=2)
        *_, ended = client.follow_comparison(asked["id"])
    pictures = make_pictures()
    model_ids = [job["model_id"] for job in ended["jobs"]]
    return World(
        installation,
        Record(),
        predict_offline(installation.settings, model_ids, pictures),
        pictures,
        random.Random(seed),  # noqa: S311 - chance, not secrecy
        asked["id"],
        has_small_disk,
    )


async def _soak(world: World, seconds: float) -> Measured:
    every = list(FAULTS.values())
    await run_phase(world, KILLED * seconds, every)
    await FAULTS["killed_api"].strike(world)
    pid = world.installation.api.pid
    await run_phase(world, WARM_UP * seconds, [])
    await _fill_pools(world)
    await asyncio.sleep(SETTLE_SECONDS)
    before = open_files(pid)
    readings: list[Reading] = []
    is_over = asyncio.Event()
    reading = asyncio.create_task(read_until(is_over, pid, readings))
    gentle = [fault for fault in every if not fault.ENDS_API]
    await run_phase(world, (1 - KILLED - WARM_UP) * seconds, gentle)
    is_over.set()
    await reading
    if world.installation.api.poll() is not None:
        world.record.note_wrong("the service has ended by itself")
        return Measured(readings, (before, before), world.has_small_disk)
    await asyncio.sleep(SETTLE_SECONDS)
    return Measured(readings, (before, open_files(pid)), world.has_small_disk)


async def _fill_pools(world: World) -> None:
    """Ask for more at once than there are threads, each with its connection to the database.

    So there are as many of both afterwards as will ever be.
    """
    await asyncio.gather(*(world.ask("GET", "/v1/jobs") for _ in range(AT_ONCE)))
    await world.http.aclose()
    world.connect()


if __name__ == "__main__":
    typer.run(main)
