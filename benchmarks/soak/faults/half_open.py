"""Connections whose client has gone without a word: mid-request, or with a stream that nobody reads."""

import asyncio
import socket
import struct
from contextlib import suppress

from benchmarks.soak.world import World

ENDS_API = False
CONNECTIONS, SECONDS = 20, 4.0
RESET = struct.pack("ii", 1, 0)  # on closing: no farewell, as after a power cut and a new start
BEGINNINGS = (
    b"POST /v1/models/latest/predictions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999\r\n\r\nx",
    b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET /v1/jo",
    b"",
)


async def strike(world: World) -> None:
    """Open some, leave them, and reset them."""
    address = ("127.0.0.1", world.installation.settings.port)
    opened = []
    for number in range(CONNECTIONS):
        with suppress(OSError):
            connection = socket.create_connection(address, timeout=5)
            connection.sendall(BEGINNINGS[number % len(BEGINNINGS)])
            opened.append(connection)
    await asyncio.sleep(SECONDS)
    for connection in opened:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.close()
