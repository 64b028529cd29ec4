"""The disk of the data folder is full for a while, where that is a small one of its own."""

import asyncio
import os

from benchmarks.soak.world import World

ENDS_API = False
SECONDS = 3.0


async def strike(world: World) -> None:
    """Fill it, and free it again."""
    if not world.has_small_disk:
        return
    ballast = world.installation.settings.data / "ballast"
    world.was_disk_full = True
    try:
        await asyncio.to_thread(_fill, str(ballast))
        await asyncio.sleep(SECONDS)
    finally:
        ballast.unlink(missing_ok=True)


def _fill(path: str) -> None:
    file = os.open(path, os.O_CREAT | os.O_WRONLY)
    try:
        while space := os.fstatvfs(file).f_bavail * os.fstatvfs(file).f_frsize:
            os.posix_fallocate(file, os.fstat(file).st_size, space)
    except OSError:
        pass  # others have taken the rest meanwhile
    finally:
        os.close(file)
