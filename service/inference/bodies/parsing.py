"""Large bodies are parsed in a thread, so that other requests are answered meanwhile."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

INLINE_BYTES = 64 * 1024  # which take less than a millisecond to parse

Parsed = TypeVar("Parsed")


async def parse(content: bytes, read: Callable[[bytes], Parsed]) -> Parsed:
    """What `read` makes of a body: on the event loop where it is small, else in a thread."""
    if len(content) <= INLINE_BYTES:
        return read(content)
    return await asyncio.to_thread(read, content)
