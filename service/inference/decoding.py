"""Where the images of a request are decoded: on the event loop where that is quick, else in threads.

A hop to a thread and back takes longer than decoding a small image; a photograph of a telephone
would hold up every other request. The threads are as many as the processors, and not those of other
requests: so nobody waits for them who has sent no large image. A request with many images takes its
turn anew with each few of them, so that one with a single photograph is not behind hundreds.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter

import numpy as np

from service.inference.batcher import INLINE_SECONDS
from service.inference.bodies.images import Cost, PreparedImages
from service.inference.bodies.request_images import RequestImages
from service.inference.deadlines import Deadline, without_stop_iteration
from service.inference.errors import ClientGoneError, OverloadedError
from service.inference.pixel_budget import PixelBudget
from service.inference.predictor import Predictor
from workers.processors import num_processors

PART_SECONDS = 0.01  # of images that are decoded in one turn of a thread: many times that of a hop

THREADS = ThreadPoolExecutor(num_processors(), thread_name_prefix="decode")
BUDGET = PixelBudget()


@dataclass(frozen=True)
class Decoded:
    """What was decoded, the seconds waited for a thread and worked."""

    images: PreparedImages
    queue_seconds: float
    decode_seconds: float


@dataclass(frozen=True)
class _Part:
    """Images of a request that are decoded in one turn, and the moments between which they were."""

    images: PreparedImages
    started: float
    ended: float


async def decode_images(
    images: RequestImages, predictor: Predictor, deadline: Deadline, white: float | None = None
) -> Decoded:
    """Decode the images of a request for a model; `white` is the number that it says is white.

    ImageError, TooLargeError, OverloadedError, ClientGoneError.
    """
    asked, preparation = perf_counter(), predictor.preparation
    costs = images.costs(preparation)
    if sum(cost.seconds for cost in costs) < INLINE_SECONDS:
        prepared = images.prepare(preparation, slice(None), white)
        return Decoded(prepared, 0.0, perf_counter() - asked)

    def decode(part: slice) -> _Part:
        with BUDGET.take(max(cost.pixels for cost in costs[part])):
            started = perf_counter()
            if deadline.is_past(asked, started):
                sentence = f"not decoded within the {deadline.timeout:g} s asked for"
                raise OverloadedError(sentence, started - asked)
            return _Part(images.prepare(preparation, part, white), started, perf_counter())

    try:
        with BUDGET.ask(sum(cost.pixels for cost in costs)):
            parts = await deadline.run(_in_turn([partial(decode, part) for part in _cut(costs)]))
    except (ClientGoneError, OverloadedError):
        predictor.counts.note_failure(perf_counter() - asked)
        raise
    started, ended = min(part.started for part in parts), max(part.ended for part in parts)
    return Decoded(_join([part.images for part in parts]), started - asked, ended - started)


def _cut(costs: Sequence[Cost]) -> Iterator[slice]:
    """Cut the images of a request into parts that take PART_SECONDS, or the longest image."""
    first, seconds = 0, 0.0
    for index, cost in enumerate(costs):
        if index > first and seconds + cost.seconds > PART_SECONDS:
            yield slice(first, index)
            first, seconds = index, 0.0
        seconds += cost.seconds
    yield slice(first, len(costs))


async def _in_turn(work: Sequence[Callable[[], _Part]]) -> list[_Part]:
    """What all give, in their order; never more of them are in the queue than there are threads."""
    running: deque[Future[_Part]] = deque()
    done: list[_Part] = []
    try:
        for decode in work:
            if len(running) == num_processors():
                done.append(await asyncio.wrap_future(running.popleft()))
            running.append(THREADS.submit(without_stop_iteration(decode)))
        while running:
            done.append(await asyncio.wrap_future(running.popleft()))
    finally:
        for decoding in running:
            decoding.cancel()
    return done


def _join(parts: Sequence[PreparedImages]) -> PreparedImages:
    if len(parts) == 1:
        return parts[0]
    pixels = np.concatenate([part.pixels for part in parts])
    return PreparedImages(pixels, [notes for part in parts for notes in part.notes])
