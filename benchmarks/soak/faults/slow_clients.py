"""Clients that send a body a few bytes at a time, and then go."""

import asyncio
from contextlib import suppress

from benchmarks.soak.world import World

ENDS_API = False
CLIENTS, SECONDS = 20, 4.0
PIECES = 20


async def strike(world: World) -> None:
    """Let some come at once."""
    await asyncio.gather(*(_dawdle(world) for _ in range(CLIENTS)))


async def _dawdle(world: World) -> None:
    model_id = world.chance.choice(world.references).model_id
    content = world.picture().content * PIECES
    head = (
        f"POST /v1/models/{model_id}/predictions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: image/png\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with suppress(OSError):
        _, writer = await asyncio.open_connection("127.0.0.1", world.installation.settings.port)
        writer.write(head.encode())
        for number in range(PIECES - 1):  # never the last
            writer.write(content[number * 5 : number * 5 + 5])
            await writer.drain()
            await asyncio.sleep(SECONDS / PIECES)
        writer.close()
        await writer.wait_closed()
