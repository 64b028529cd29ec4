"""SIGSTOP of the worker for longer than its lease, and SIGCONT: it has lost its jobs, or never had to."""

import asyncio
import signal

from benchmarks.soak.installation import LEASE_SECONDS
from benchmarks.soak.world import World

ENDS_API = False


async def strike(world: World) -> None:
    """Stop it, and let it go on."""
    worker = world.installation.worker
    worker.send_signal(signal.SIGSTOP)
    await asyncio.sleep(LEASE_SECONDS * 1.2)
    worker.send_signal(signal.SIGCONT)
