"""Large bodies are read and compressed in a thread, so that other requests are answered meanwhile."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

INLINE_BYTES = 64 * 1024  # which take less than a millisecond

Made = TypeVar("Made")


async def process_body(content: bytes, work: Callable[[bytes], Made]) -> Made:
    """What `work` makes of a body: on the event loop where it is small, else in a thread."""
    if len(content) <= INLINE_BYTES:
        return work(content)
    return await asyncio.to_thread(work, content)
