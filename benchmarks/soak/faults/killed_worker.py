"""kill -9 of the worker; the processes of its jobs end by themselves, and another takes the jobs over."""

import asyncio

from benchmarks.soak.world import World

ENDS_API = False


async def strike(world: World) -> None:
    """Kill it, and start another."""
    world.installation.worker.kill()
    await asyncio.to_thread(world.installation.worker.wait)
    world.installation.start_worker()
