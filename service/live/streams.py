"""The streams of events, as bytes: that of one job, which ends with it, and that of many, which goes on."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from service.live.feed import Feed
from service.live.messages import HEARTBEAT, Message, encode_ready
from workers.queue.events import EventFilter
from workers.storage.tables import FINAL, JobStatus


@dataclass(frozen=True)
class JobState:
    """The status of a job, and its newest event, from one transaction."""

    job_id: str
    status: JobStatus
    newest_event: int


async def stream_job(feed: Feed, job: JobState, after: int) -> AsyncIterator[bytes]:
    """The events and the progress of a job after an event, to its end."""
    status = job.status
    with feed.follow(EventFilter(frozenset([job.job_id])), after) as follower:
        while True:
            messages = await follower.next()
            for message in messages or ():
                if (message.id or 0) > job.newest_event:
                    status = message.status or status
            is_known = follower.is_caught_up and (follower.position or 0) >= job.newest_event
            is_over = is_known and status in FINAL
            unseen = _after(messages or (), after)
            if is_over:  # the last progress may be older than the end
                unseen = [message for message in unseen if message.id is not None]
            if unseen:
                yield b"".join([message.for_job for message in unseen])
            if is_over:
                return
            if messages is None:
                yield HEARTBEAT


async def stream_all(feed: Feed, wanted: EventFilter, after: int | None) -> AsyncIterator[bytes]:
    """What is wanted of the events and the progress of all jobs, from now on or after an event."""
    is_ready = False
    with feed.follow(wanted, after) as follower:
        while True:
            messages = await follower.next()
            unseen = [message.for_all for message in _after(messages or (), after or 0)]
            if not is_ready and follower.is_caught_up and follower.position is not None:
                is_ready = True
                unseen.append(encode_ready(max(follower.position, after or 0)))
            if unseen:
                yield b"".join(unseen)
            if messages is None:
                yield HEARTBEAT


def _after(messages: Sequence[Message], after: int) -> Sequence[Message]:
    """Without events up to id `after`: another process may have sent them already."""
    return [message for message in messages if message.id is None or message.id > after]
