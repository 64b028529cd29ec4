"""Streams of events: that of a job, to its end, and that of everything, for a while."""

import asyncio
import time

import httpx

from benchmarks.soak.world import World

PAUSE = 0.5
SECONDS = 5.0  # that a stream is followed
GONE = {404, 410}  # of a job that was deleted


async def act(world: World) -> None:
    """Follow a stream for some seconds, or to its end."""
    job_id = world.running_job
    of_job = job_id is not None and world.chance.random() < 1 / 2
    path = f"/v1/jobs/{job_id}/events" if of_job else "/v1/events"
    began = time.monotonic()
    try:
        async with asyncio.timeout(SECONDS), world.http.stream("GET", path) as stream:
            if stream.status_code == httpx.codes.OK:
                async for _ in stream.aiter_bytes():
                    world.record.count("pieces of streams")
            elif not (of_job and stream.status_code in GONE):
                world.note_status(f"GET {path}", await _whole(stream))
    except TimeoutError:
        world.record.count("streams followed")
    except httpx.TransportError as error:
        world.note_broken(f"GET {path}", error, began)
        await asyncio.sleep(0.2)


async def _whole(stream: httpx.Response) -> httpx.Response:
    await stream.aread()
    return stream
