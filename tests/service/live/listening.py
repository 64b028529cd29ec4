"""Listening to streams in a test, and what was heard."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

from service.live.feed import Feed
from service.live.streams import JobState, stream_job
from workers.queue import events, jobs
from workers.storage.database import transaction

SECONDS = 60  # until a test counts as failed


def run(feed: Feed, scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def to_its_end() -> None:
        await asyncio.wait_for(scenario(), SECONDS)
        await feed.close()

    asyncio.run(to_its_end())


def parse(chunk: bytes) -> list[dict[str, Any]]:
    """The events of some bytes, each with its data as JSON; comments are left out."""
    blocks = [block for block in chunk.decode().split("\n\n") if block and block[0] != ":"]
    found = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [{**event, "data": json.loads(event["data"])} for event in found]


async def hear(stream: AsyncIterator[bytes], number: int) -> list[dict[str, Any]]:
    """The next `number` events of a stream, or a few more that came with them."""
    found: list[dict[str, Any]] = []
    while len(found) < number:
        found += parse(await anext(stream))
    return found


async def hear_to_its_end(stream: AsyncIterator[bytes]) -> list[dict[str, Any]]:
    return [event async for chunk in stream for event in parse(chunk)]


def state_of(feed: Feed, job_id: str) -> JobState:
    with transaction(feed.database, read_only=True) as session:
        job = jobs.get(session, job_id)
        return JobState(job.id, job.status, events.newest_id(session, job_id))


def follow(feed: Feed, job_id: str, after: int = 0) -> AsyncIterator[bytes]:
    return stream_job(feed, state_of(feed, job_id), after)


async def until(happened: Callable[[], Any]) -> None:
    """Return when it has happened; `run` says how long that may take."""
    while not happened():
        await asyncio.sleep(0.001)


def in_background(waiting: Awaitable[Any]) -> asyncio.Future[Any]:
    return asyncio.ensure_future(waiting)
