"""Clients that send an image for prediction again and again, and one that asks `/health/live` meanwhile.

`python -m benchmarks.photos.clients URL PATH IMAGE CLIENTS SECONDS` prints what they saw as JSON.
"""

import asyncio
import json
import statistics
import sys
from pathlib import Path
from time import perf_counter

import httpx

PAUSE = 0.005  # seconds between two looks at `/health/live`
PERCENTILES = 100


async def _send(client: httpx.AsyncClient, path: str, content: bytes, until: float) -> list[float]:
    """Send until a moment; the seconds of each answer."""
    seconds = []
    while (asked := perf_counter()) < until:
        answer = await client.post(path, content=content, headers={"Content-Type": "image/*"})
        answer.raise_for_status()
        seconds.append(perf_counter() - asked)
    return seconds


async def _look(client: httpx.AsyncClient, until: float) -> list[float]:
    """Ask whether the service lives until a moment; the seconds of each answer."""
    seconds = []
    while (asked := perf_counter()) < until:
        (await client.get("/health/live")).raise_for_status()
        seconds.append(perf_counter() - asked)
        await asyncio.sleep(PAUSE)
    return seconds


async def main(url: str, path: str, content: bytes, clients: int, seconds: float) -> None:
    """Send for so many seconds."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
        await _send(client, path, content, perf_counter())  # loads the model
        started = perf_counter()
        until = started + seconds
        sending = [_send(client, path, content, until) for _ in range(clients)]
        live, *answered = await asyncio.gather(_look(client, until), *sending)
        took = perf_counter() - started
    found = {
        "seconds": took,
        "images": sum(map(len, answered)),
        "p50_ms": 1e3 * statistics.median([each for some in answered for each in some]),
        "live_p99_ms": 1e3 * statistics.quantiles(live, n=PERCENTILES)[-1],
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(
        main(given[0], given[1], Path(given[2]).read_bytes(), int(given[3]), float(given[4]))
    )
