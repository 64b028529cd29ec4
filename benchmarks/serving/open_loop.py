"""Load at a fixed rate: so many requests a second, whether or not those before have been answered.

`python -m benchmarks.serving.open_loop URL FILE MEDIA-TYPE RATE SECONDS` prints what came of it. wrk asks
again as soon as it is answered, so that each refusal brings the next request: under overload it
measures how fast a server refuses. Clients that come by themselves do not know of each other.
"""

import asyncio
import json
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import numpy as np
import uvloop

from benchmarks.serving.load import LoadResult

LAST_SECONDS = 30  # for the last answers
TICK = 0.001  # seconds; what falls due within one is sent together
OK, TOO_MANY = 200, 429
_length = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE).search


class Connection(asyncio.Protocol):
    """One request at a time, timed from when it was due."""

    def __init__(self, clients: "Clients") -> None:
        self._clients, self._received = clients, b""
        self._due: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, due: float) -> None:
        """Send the request."""
        self._due = due
        self._transport.write(self._clients.request)

    def data_received(self, data: bytes) -> None:
        """Note the answer when it is whole."""
        self._received += data
        head, ended, body = self._received.partition(b"\r\n\r\n")
        length = _length(head)
        if ended and length and len(body) >= int(length[1]):
            self._note(int(head[9:12]))
            self._clients.idle.append(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Note a request that is never answered."""
        del error
        if self in self._clients.idle:
            self._clients.idle.remove(self)
        elif self._due is not None:
            self._note(0)

    def _note(self, status: int) -> None:
        assert self._due is not None  # noqa: S101 - asked before
        self._clients.note(status, self._due)
        self._received, self._due = b"", None


class Clients:
    """As many connections as it takes; one that is idle is used again."""

    def __init__(self, url: str, content: bytes, kind: str) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 80
        head = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self.request = head.encode() + content
        self.idle: list[Connection] = []
        self._answers: list[tuple[int, float, float]] = []  # status, when it was due, when answered
        self._asking: set[asyncio.Task[None]] = set()

    def note(self, status: int, due: float) -> None:
        """An answer, or 0 for a connection that broke."""
        self._answers.append((status, due, asyncio.get_running_loop().time()))

    async def ask(self, rate: float, seconds: float) -> LoadResult:
        """Ask so often for so long, wait for the last answers, and say what came of it."""
        loop = asyncio.get_running_loop()
        began, number, total = loop.time(), 0, round(rate * seconds)
        while number < total:
            while number < total and (due := began + number / rate) <= loop.time():
                self._ask_once(due)
                number += 1
            await asyncio.sleep(TICK)
        while len(self._answers) < total and loop.time() < began + seconds + LAST_SECONDS:
            await asyncio.sleep(TICK)
        return self._load(began + seconds, seconds, total)

    def _ask_once(self, due: float) -> None:
        if self.idle:
            self.idle.pop().ask(due)
            return
        task = asyncio.create_task(self._connect_and_ask(due))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _connect_and_ask(self, due: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, made = await loop.create_connection(lambda: Connection(self), self._host, self._port)
        except OSError:
            self.note(0, due)
        else:
            made.ask(due)

    def _load(self, ended: float, seconds: float, total: int) -> LoadResult:
        statuses = [status for status, _, _ in self._answers]
        taken = [1e3 * (at - due) for status, due, at in self._answers if status == OK]
        in_time = sum(status == OK and at <= ended for status, _, at in self._answers)
        p50, p99 = np.percentile(taken or [np.nan], [50, 99])
        refused, failed = statuses.count(TOO_MANY), sum(status >= 500 for status in statuses)  # noqa: PLR2004 - 5xx
        return LoadResult(
            requests_per_second=in_time / seconds,
            p50=float(p50),
            p99=float(p99),
            refused=refused,
            broken=total - len(taken) - refused - failed,
            server_errors=failed,
        )


def main(url: str, file: str, kind: str, rate: str, seconds: str) -> None:
    """Make the load and print it."""

    async def ask() -> LoadResult:
        return await Clients(url, Path(file).read_bytes(), kind).ask(float(rate), float(seconds))

    sys.stdout.write(json.dumps(asdict(uvloop.run(ask()))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
