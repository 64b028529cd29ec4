"""kill -9 of the service's process; another is started at the same address."""

import asyncio

from benchmarks.soak.world import World

ENDS_API = True


async def strike(world: World) -> None:
    """Kill it, and wait until the next answers."""
    with world.outage():
        world.installation.api.kill()
        await asyncio.to_thread(world.installation.api.wait)
        world.installation.start_api()
        await asyncio.to_thread(world.installation.wait_until_ready)
