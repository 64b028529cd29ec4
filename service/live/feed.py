"""The feed of a process: it reads the database while somebody listens, and wakes whom it concerns."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine

from service.live.follower import Follower
from service.live.messages import Message
from service.live.reader import AGAIN_SECONDS, News, Reader
from workers.queue.events import EventFilter
from workers.storage.database import UNANSWERED

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25  # between two looks at the database
NUM_KEPT = 4096  # events; who has fallen further behind reads them from the database
NUM_WOKEN = 100  # listeners in one turn of the event loop, so that other requests are not held up


class Feed:
    """All that is new, from one reader, for any number of followers."""

    def __init__(self, database: Engine) -> None:
        self.database = database
        self._followers: set[Follower] = set()
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()  # set where the task is to end
        self._forget()

    def _forget(self) -> None:
        self.position: int | None = None  # the id up to which all events are known
        self.kept_after = 0  # the id after which all events are kept
        self._kept: deque[Message] = deque(maxlen=NUM_KEPT)
        #: Job → the number of the last change of its progress, and the progress.
        self._progress: dict[str, tuple[int, Message]] = {}
        self._num_changes = 0

    @contextmanager
    def follow(self, wanted: EventFilter, after: int | None = None) -> Iterator[Follower]:
        """Somebody listens, from now on or from after an event; the reader rests where nobody does."""
        if self._task is None or self._task.done():
            self._forget()
            self._hurry = asyncio.Event()
            self._task = asyncio.get_running_loop().create_task(self._read())
            self._task.add_done_callback(self._fail_followers)
        follower = Follower(self, wanted, after)
        self._followers.add(follower)
        try:
            yield follower
        finally:
            self._followers.discard(follower)

    async def close(self) -> None:
        """Return when nothing reads the database any more; whoever still follows hears no more."""
        self._followers.clear()
        if self._task:
            self._hurry.set()
            await asyncio.wait([self._task])

    def events_after(self, position: int, wanted: EventFilter) -> list[Message]:
        """The kept events after an id that are wanted."""
        found: list[Message] = []
        for message in reversed(self._kept):
            if (message.id or 0) <= position:
                break
            if message.fits(wanted):
                found.append(message)
        return found[::-1]

    def progress_after(self, change: int, wanted: EventFilter) -> tuple[int, list[Message]]:
        """The number of the newest change of progress, and what is wanted of those after `change`."""
        changed = (message for number, message in self._progress.values() if number > change)
        return self._num_changes, [message for message in changed if message.fits(wanted)]

    async def _read(self) -> None:
        reader, limiter = Reader(self.database), CapacityLimiter(1)
        while self._followers:
            try:
                # In a thread of its own: under load all others may be taken.
                news = await to_thread.run_sync(reader.look, limiter=limiter)
            except UNANSWERED as error:
                logger.warning("streams of events wait for the database: %s", error)
                await self._pause(AGAIN_SECONDS)
                continue
            await self._publish(news)
            if not news.may_have_more:
                await self._pause(LOOK_SECONDS)

    async def _pause(self, seconds: float) -> None:
        """Let some time pass, or less where the feed is closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()

    def _fail_followers(self, task: asyncio.Task[None]) -> None:
        """Break the streams where the reader has failed: whoever reconnects starts another."""
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is None:
            return
        logger.error("the reader of events has failed", exc_info=error)
        for follower in self._followers:
            follower.fail(error)

    async def _publish(self, news: News) -> None:
        previous, self.position = self.position, news.position
        if news.position is None:
            return
        self._keep(news.messages)
        fresh = [*news.messages, *self._replace_progress(news.progress)]
        if previous is None:
            self.kept_after = news.position
        for number, follower in enumerate(tuple(self._followers), 1):
            follower.notice(fresh, previous)
            if number % NUM_WOKEN == 0:
                await asyncio.sleep(0)

    def _keep(self, messages: list[Message]) -> None:
        for message in messages:
            if len(self._kept) == NUM_KEPT:
                self.kept_after = self._kept[0].id or 0
            self._kept.append(message)

    def _replace_progress(self, found: dict[str, Message]) -> list[Message]:
        """Keep what was found; returns what has changed."""
        known, changed = self._progress, []
        self._progress = {}
        for job_id, message in found.items():
            number, before = known.get(job_id, (0, None))
            if before is None or before.data != message.data:
                self._num_changes += 1
                number, before = self._num_changes, message
                changed.append(message)
            self._progress[job_id] = number, before
        return changed
