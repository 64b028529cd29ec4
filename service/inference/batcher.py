"""Requests to one model, computed at once when it is idle and together when it is not.

Nobody waits for a batch to fill. A lone request is computed on the spot, on the event loop, where
that takes less than a hop to a thread and back. Where many are being answered, a batch of whatever
has come is computed in a thread while the next are read and decoded; what arrives meanwhile is the
next batch. So under load a batch grows by itself, and no option has to be tuned for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from service.inference.bodies.images import MOST_IMAGES
from service.inference.errors import ClientGoneError, OverloadedError
from workers.engines import Images, Probabilities

MOST_ROWS = MOST_IMAGES  # of one batch; a request has no more
MOST_WAITING = (
    16 * MOST_ROWS
)  # images that wait, before the next is refused: 64 clients with 64 each
INLINE_SECONDS = 0.001  # so long may the event loop be held up
FEW = 8  # requests being answered; where there are more, a thread is worth its hop
WATCH_AFTER = 0.05  # seconds of waiting, after which it is noticed when a client hangs up
MEMORY = 0.9  # of the running mean of seconds per image


@dataclass(frozen=True)
class Classified:
    """Probabilities (N, num_classes), seconds waited and worked, images in the whole batch."""

    probabilities: Probabilities
    queue_seconds: float
    forward_seconds: float
    batch_size: int


@dataclass(eq=False)
class Deadline:
    """How somebody waits: for `timeout` seconds, or until `gone` returns, and as one of how many."""

    timeout: float | None = None
    gone: Callable[[], Coroutine[None, None, None]] | None = None
    concurrent_requests: int = 1


@dataclass(eq=False)
class _Waiting:
    images: Images
    deadline: Deadline
    asked: float = field(default_factory=perf_counter)
    answer: asyncio.Future[Classified] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def is_expired(self, now: float) -> bool:
        timeout = self.deadline.timeout
        return timeout is not None and now - self.asked > timeout


class Batcher:
    """The queue in front of one engine, on one event loop."""

    def __init__(
        self, classify: Callable[[Images], Probabilities], seconds_per_image: float
    ) -> None:
        self._classify = classify
        self._seconds_per_image = seconds_per_image
        self._waiting: deque[_Waiting] = deque()
        self._working: asyncio.Task[None] | None = None
        self.num_waiting = 0  # images
        self.num_batches = 0

    async def classify(self, images: Images, deadline: Deadline) -> Classified:
        """Classify at most MOST_ROWS images. OverloadedError, ClientGoneError."""
        is_quick = len(images) * self._seconds_per_image < INLINE_SECONDS
        if is_quick and self._working is None and deadline.concurrent_requests <= FEW:
            probabilities, seconds = self._compute(images)
            self._note(len(images), seconds)
            return Classified(probabilities, 0.0, seconds, len(images))
        waiting = self._enqueue(images, deadline)
        try:
            return await _first(waiting.answer, deadline)
        finally:
            waiting.answer.cancel()  # for whoever waits no longer nothing is computed

    def check_room(self, num_images: int) -> None:
        """OverloadedError where so many more cannot wait: ask before they are decoded for nothing."""
        ahead = self.num_waiting
        if ahead + num_images > MOST_WAITING:
            sentence = f"{ahead} images wait for this model, and at most {MOST_WAITING} may"
            raise OverloadedError(sentence, ahead * self._seconds_per_image)

    def _enqueue(self, images: Images, deadline: Deadline) -> _Waiting:
        self.check_room(len(images))
        waiting = _Waiting(images, deadline)
        self._waiting.append(waiting)
        self.num_waiting += len(images)
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return waiting

    async def _work(self) -> None:
        """Compute batch after batch until nobody waits."""
        try:
            while batch := self._next_batch():
                started = perf_counter()
                images = np.concatenate([one.images for one in batch])
                try:
                    probabilities, seconds = await asyncio.to_thread(self._compute, images)
                except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
                    for one in batch:
                        _set(one.answer, error)
                else:
                    self._note(len(images), seconds)
                    _hand_out(batch, probabilities, started, seconds)
        finally:
            self._working = None

    def _next_batch(self) -> list[_Waiting]:
        """As many as fit, in their order, without those that have expired or gone."""
        batch: list[_Waiting] = []
        rows, now = 0, perf_counter()
        while self._waiting and rows + len(self._waiting[0].images) <= MOST_ROWS:
            one = self._waiting.popleft()
            self.num_waiting -= len(one.images)
            if one.answer.done():
                continue
            if one.is_expired(now):
                sentence = f"not computed within the {one.deadline.timeout:g} s asked for"
                seconds = self.num_waiting * self._seconds_per_image
                _set(one.answer, OverloadedError(sentence, seconds))
                continue
            batch.append(one)
            rows += len(one.images)
        return batch

    def _compute(self, images: Images) -> tuple[Probabilities, float]:
        started = perf_counter()
        probabilities = self._classify(images)
        return probabilities, perf_counter() - started

    def _note(self, num_images: int, seconds: float) -> None:
        self.num_batches += 1
        newest = seconds / num_images
        self._seconds_per_image = MEMORY * self._seconds_per_image + (1 - MEMORY) * newest


async def _first(answer: asyncio.Future[Classified], deadline: Deadline) -> Classified:
    """The answer, or ClientGoneError where whoever asked hangs up before it is there."""
    if deadline.gone is None:
        return await answer
    watch = _Watch(answer, deadline.gone)
    try:
        return await answer
    finally:
        watch.end()


class _Watch:
    """Lets an answer be ClientGoneError where whoever asked hangs up; most are there before it begins."""

    def __init__(
        self, answer: asyncio.Future[Classified], gone: Callable[[], Coroutine[None, None, None]]
    ) -> None:
        self._answer, self._gone = answer, gone
        self._task: asyncio.Task[None] | None = None
        self._begins = asyncio.get_running_loop().call_later(WATCH_AFTER, self._begin)

    def end(self) -> None:
        """Watch no longer."""
        self._begins.cancel()
        if self._task:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        await self._gone()
        _set(self._answer, ClientGoneError())


def _hand_out(
    batch: list[_Waiting], probabilities: Probabilities, started: float, seconds: float
) -> None:
    first = 0
    for one in batch:
        last = first + len(one.images)
        rows = probabilities[first:last]
        classified = Classified(rows, started - one.asked, seconds, len(probabilities))
        _set(one.answer, classified)
        first = last


def _set(answer: asyncio.Future[Classified], outcome: Classified | Exception) -> None:
    if answer.done():
        return  # they have gone meanwhile
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
