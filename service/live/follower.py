"""Somebody who follows the feed: what they have been given, and what is new for them."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from anyio import to_thread
from sqlalchemy import Engine

from service.live.messages import Message
from service.live.reader import AGAIN_SECONDS, PAGE, read_history
from workers.queue.events import EventFilter
from workers.storage.database import UNANSWERED

HEARTBEAT_SECONDS = 15.0  # of silence; proxies close a connection that is silent for a minute


class Source(Protocol):
    """The feed, as a follower sees it."""

    database: Engine
    position: int | None
    kept_after: int

    def events_after(self, position: int, wanted: EventFilter) -> list[Message]:
        """The kept events after an id that are wanted."""

    def progress_after(self, change: int, wanted: EventFilter) -> tuple[int, list[Message]]:
        """The newest change of progress, and what is wanted of those after `change`."""


class FeedFailedError(Exception):
    """The reader of events has failed: the stream breaks, and who reconnects starts another."""


class Follower:
    """A place in the feed.

    It holds no events, only the id up to which it has been given them. So a client that reads slowly
    costs no memory: what the feed no longer keeps is read from the database.
    """

    def __init__(self, source: Source, wanted: EventFilter, after: int | None) -> None:
        self._source, self._wanted, self._after = source, wanted, after
        self._change = 0  # of progress
        self._error: BaseException | None = None
        self._is_woken = asyncio.Event()
        #: All that is wanted up to this id has been given; None: where to begin is not known yet.
        self.position: int | None = None
        if source.position is not None:
            self._is_woken.set()

    @property
    def is_caught_up(self) -> bool:
        """Whether all that the feed knows has been given."""
        return self.position is not None and self.position == self._source.position

    def notice(self, fresh: Sequence[Message], previous: int | None) -> None:
        """Wake where something is wanted of what the feed has found after id `previous`."""
        if previous is None or any(message.fits(self._wanted) for message in fresh):
            self._is_woken.set()
        elif self.position == previous:
            self.position = self._source.position

    def fail(self, error: BaseException) -> None:
        """Let the next call of `next` raise."""
        self._error = error
        self._is_woken.set()

    async def next(self) -> list[Message] | None:
        """What is new, as soon as something is; None after HEARTBEAT_SECONDS of silence.

        It is None too where what is older cannot be read just now. The first call returns as soon as it is
        known where to begin, maybe with nothing.
        """
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._is_woken.wait()
        except TimeoutError:
            return None
        self._is_woken.clear()
        if self._error:
            raise FeedFailedError from self._error
        known = self._source.position
        assert known is not None  # noqa: S101 - nobody is woken before
        if self.position is None:
            self.position = known if self._after is None else min(self._after, known)
        if self.position < self._source.kept_after:
            return await self._read_history(self.position, known)
        found = self._source.events_after(self.position, self._wanted)
        if len(found) > PAGE:
            self._is_woken.set()
            self.position = found[PAGE - 1].id
            return found[:PAGE]
        self.position = known
        self._change, progress = self._source.progress_after(self._change, self._wanted)
        return found + progress

    async def _read_history(self, after: int, up_to: int) -> list[Message] | None:
        self._is_woken.set()  # there may be more
        database, wanted = self._source.database, self._wanted
        try:
            found = await to_thread.run_sync(read_history, database, after, up_to, wanted)
        except UNANSWERED:
            await asyncio.sleep(AGAIN_SECONDS)
            return None
        self.position = found[-1].id if len(found) == PAGE else up_to
        return found
