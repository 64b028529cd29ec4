"""SIGSTOP of the service's process, and SIGCONT a moment later: whoever asked is answered then."""

import asyncio
import signal

from benchmarks.soak.world import World

ENDS_API = False
SECONDS = 1.5


async def strike(world: World) -> None:
    """Stop it, and let it go on."""
    world.installation.api.send_signal(signal.SIGSTOP)
    await asyncio.sleep(SECONDS)
    world.installation.api.send_signal(signal.SIGCONT)
