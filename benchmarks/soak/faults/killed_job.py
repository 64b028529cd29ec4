"""kill -9 of the process of a job."""

from contextlib import suppress

import psutil

from benchmarks.soak.world import World

ENDS_API = False


async def strike(world: World) -> None:
    """Kill one, if there is one."""
    processes = world.installation.job_processes()
    if processes:
        with suppress(psutil.NoSuchProcess):
            world.chance.choice(processes).kill()
