"""Requests to one model, computed at once when it is idle and together when it is not.

Nobody waits for a batch to fill. A lone request is computed on the event loop where that takes less
than a hop to a thread and back. Where many requests are being answered, whatever has arrived is
computed as one batch in a thread while the next requests are read and decoded; those are the next
batch. So a batch grows with the load, and no option has to be tuned for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np

from service.inference.bodies.limits import MAX_IMAGES
from service.inference.deadlines import Deadline, without_stop_iteration
from service.inference.errors import BatchesEndedError, OverloadedError
from workers.engines import Images, Probabilities

MAX_ROWS = MAX_IMAGES  # of one batch; a request has no more
MAX_WAITING = 16 * MAX_ROWS  # images before the next is refused: 64 clients with 64 each
INLINE_SECONDS = 0.001  # for which the event loop may be held up
FEW_REQUESTS = 8  # being answered at once; where there are more, a thread is worth its hop
MEMORY = 0.9  # of the running mean of seconds per image


@dataclass(frozen=True)
class Classified:
    """Probabilities (N, num_classes), seconds waited and worked, images in the whole batch."""

    probabilities: Probabilities
    queue_seconds: float
    forward_seconds: float
    batch_size: int


@dataclass(eq=False)
class _Waiting:
    images: Images
    deadline: Deadline
    asked: float = field(default_factory=perf_counter)
    answer: asyncio.Future[Classified] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Batcher:
    """The queue in front of one engine, on one event loop."""

    def __init__(
        self,
        classify: Callable[[Images], Probabilities],
        seconds_per_image: float,
        note_batch: Callable[[], None],
    ) -> None:
        self._classify, self._note_batch = classify, note_batch
        self._seconds_per_image = seconds_per_image
        self._waiting: deque[_Waiting] = deque()
        self._working: asyncio.Task[None] | None = None
        self.num_waiting = 0  # images

    async def classify(
        self, images: Images, deadline: Deadline, *, concurrent_requests: int
    ) -> Classified:
        """Classify at most MAX_ROWS images (N, C, H, W). OverloadedError, ClientGoneError.

        `concurrent_requests` is the number of predictions the service is answering, this one included.
        """
        is_quick = len(images) * self._seconds_per_image < INLINE_SECONDS
        if is_quick and self._working is None and concurrent_requests <= FEW_REQUESTS:
            probabilities, seconds = self._compute([images])
            self._count_batch(len(images), seconds)
            return Classified(probabilities, 0.0, seconds, len(images))
        waiting = self._enqueue(images, deadline)
        try:
            return await deadline.wait_for(waiting.answer)
        finally:
            waiting.answer.cancel()  # a request that was given up is not computed

    def check_capacity(self, num_images: int) -> None:
        """OverloadedError where so many more images cannot wait: ask before they are decoded."""
        ahead = self.num_waiting
        if ahead + num_images > MAX_WAITING:
            sentence = f"{ahead} images wait for this model, and at most {MAX_WAITING} may"
            raise OverloadedError(sentence, ahead * self._seconds_per_image)

    def _enqueue(self, images: Images, deadline: Deadline) -> _Waiting:
        self.check_capacity(len(images))
        waiting = _Waiting(images, deadline)
        self._waiting.append(waiting)
        self.num_waiting += len(images)
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return waiting

    async def _work(self) -> None:
        """Compute batch after batch until none is waiting; whatever happens, all are answered."""
        batch: list[_Waiting] = []
        try:
            while batch := self._next_batch():
                await self._answer(batch)
        except BaseException:
            _fail([*batch, *self._waiting], BatchesEndedError())
            self._waiting.clear()
            self.num_waiting = 0
            raise
        finally:
            self._working = None

    async def _answer(self, batch: list[_Waiting]) -> None:
        """Compute a batch in a thread; whatever that raises, each of its requests fails with it."""
        started = perf_counter()
        images = [request.images for request in batch]
        try:
            compute = without_stop_iteration(self._compute)
            probabilities, seconds = await asyncio.to_thread(compute, images)
        except Exception as error:  # noqa: BLE001 - MemoryError as well
            _fail(batch, error)
        else:
            self._count_batch(len(probabilities), seconds)
            _distribute(batch, probabilities, started, seconds)

    def _next_batch(self) -> list[_Waiting]:
        """The oldest requests that fit, without those that were given up."""
        batch: list[_Waiting] = []
        rows, now = 0, perf_counter()
        while self._waiting and rows + len(self._waiting[0].images) <= MAX_ROWS:
            request = self._waiting.popleft()
            self.num_waiting -= len(request.images)
            if request.answer.done():
                continue
            if request.deadline.is_past(request.asked, now):
                sentence = f"not computed within the {request.deadline.timeout:g} s asked for"
                seconds = self.num_waiting * self._seconds_per_image
                _finish(request.answer, OverloadedError(sentence, seconds))
                continue
            batch.append(request)
            rows += len(request.images)
        return batch

    def _compute(self, parts: list[Images]) -> tuple[Probabilities, float]:
        """Probabilities of all images (N, C, H, W) of the parts, in order, and the seconds it took."""
        started = perf_counter()
        images = np.concatenate(parts) if len(parts) > 1 else parts[0]
        probabilities = self._classify(images)
        if len(probabilities) != len(images):
            raise RuntimeError(f"{len(probabilities)} results for {len(images)} images")
        return probabilities, perf_counter() - started

    def _count_batch(self, num_images: int, seconds: float) -> None:
        self._note_batch()
        newest = seconds / num_images
        self._seconds_per_image = MEMORY * self._seconds_per_image + (1 - MEMORY) * newest


def _distribute(
    batch: list[_Waiting], probabilities: Probabilities, started: float, seconds: float
) -> None:
    """Give each request its own rows."""
    first = 0
    for request in batch:
        last = first + len(request.images)
        rows = probabilities[first:last]
        classified = Classified(rows, started - request.asked, seconds, len(probabilities))
        _finish(request.answer, classified)
        first = last


def _fail(requests: list[_Waiting], error: Exception) -> None:
    for request in requests:
        _finish(request.answer, error)


def _finish(answer: asyncio.Future[Classified], outcome: Classified | Exception) -> None:
    if answer.done():
        return  # the request was given up meanwhile
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
