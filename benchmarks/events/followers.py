"""Many followers of one job, which count the epochs they are told.

`python -m benchmarks.events.followers URL JOB NUMBER` prints a line when all of them follow, and when its
input is closed how many epochs all were told together, and whoever was told fewest.
"""

import asyncio
import json
import sys
from functools import partial
from typing import cast
from urllib.parse import urlsplit

import uvloop

from service.commands._open_files import raise_limit

EPOCH = b"event: epoch\n"
AT_ONCE = 50  # connections that are made at the same time


class Follower(asyncio.Protocol):
    """One connection; it counts and keeps nothing."""

    def __init__(self, request: bytes) -> None:
        self._request, self._tail = request, b""
        self.num_epochs = 0
        self.follows = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count, also what comes in two pieces."""
        self.follows.set()
        received = self._tail + data
        self.num_epochs += received.count(EPOCH)
        self._tail = received[-len(EPOCH) + 1 :]


async def follow(url: str, job_id: str, number: int) -> None:
    """Follow until the input of this process is closed."""
    address = urlsplit(url)
    request = f"GET /v1/jobs/{job_id}/events HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()
    loop, followers = asyncio.get_running_loop(), [Follower(request) for _ in range(number)]
    for first in range(0, number, AT_ONCE):
        some = followers[first : first + AT_ONCE]
        for follower in some:
            protocol = partial(lambda made: made, follower)
            await loop.create_connection(protocol, address.hostname or "", address.port or 80)
        await asyncio.gather(*(follower.follows.wait() for follower in some))
    sys.stdout.write("all follow\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    told = [follower.num_epochs for follower in followers]
    sys.stdout.write(json.dumps({"told": sum(told), "fewest": min(told)}) + "\n")


if __name__ == "__main__":
    raise_limit()
    uvloop.run(follow(sys.argv[1], sys.argv[2], int(sys.argv[3])))
