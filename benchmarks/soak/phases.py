"""The phases of a soak: traffic of every kind, with some of the faults, for some seconds."""

import asyncio
import traceback
from collections.abc import Sequence
from types import ModuleType

from benchmarks.soak import faults, traffic
from benchmarks.soak.world import World
from workers.entries import import_entries

TRAFFIC = import_entries(traffic.__name__, traffic.__path__)
FAULTS = import_entries(faults.__name__, faults.__path__)
END_SECONDS = 120.0  # in which all traffic has ended; what has not waits for ever
FAULT_PAUSE = 8.0  # seconds between the end of a fault and the beginning of the next, on average


async def run_phase(world: World, seconds: float, struck: Sequence[ModuleType]) -> None:
    """All traffic for so many seconds, while faults strike one after the other."""
    world.is_over.clear()
    clients = {
        name: asyncio.create_task(_repeat(world, name, kind)) for name, kind in TRAFFIC.items()
    }
    await _strike(world, seconds, struck)
    world.is_over.set()
    _, waiting = await asyncio.wait(clients.values(), timeout=END_SECONDS)
    for name, task in clients.items():
        if task in waiting:
            world.record.note_wrong(f"{name} still waits {END_SECONDS:g} s after the end")
            task.cancel()
    await world.http.aclose()
    world.connect()


async def _repeat(world: World, name: str, kind: ModuleType) -> None:
    while not world.is_over.is_set():
        try:
            await kind.act(world)
        except Exception:  # noqa: BLE001 - such as an answer without what it must have
            world.record.note_wrong(f"{name}: {traceback.format_exc(limit=3)}")
        world.record.count(f"traffic {name}")
        await _pause(world, kind.PAUSE)


async def _strike(world: World, seconds: float, struck: Sequence[ModuleType]) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while (left := until - loop.time()) > 0:
        await asyncio.sleep(min(left, world.chance.uniform(0.5, 1.5) * FAULT_PAUSE))
        if struck and loop.time() < until:
            fault = world.chance.choice(struck)
            await fault.strike(world)
            world.record.count(f"fault {fault.__name__.rpartition('.')[2]}")


async def _pause(world: World, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds * world.chance.uniform(0.5, 1.5)):
            await world.is_over.wait()
    except TimeoutError:
        return
