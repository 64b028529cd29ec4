"""Where the images of a request are decoded, and what happens to those that are given up."""

import asyncio
import os
import threading

import pytest

from service.inference.batcher import INLINE_SECONDS
from service.inference.deadlines import Deadline
from service.inference.decoding import decode_images
from service.inference.errors import ClientGoneError, OverloadedError


class Predictor:
    """What decoding needs of one."""

    preparation = None

    def __init__(self):
        self.counts = self
        self.failures = 0

    def note_failure(self, seconds):
        assert seconds >= 0
        self.failures += 1


class Images:
    """Images whose decoding takes so long as is said, and ends when it may."""

    def __init__(self, seconds, may_end=None):
        self.seconds, self.may_end = seconds, may_end
        self.thread = None

    def __len__(self):
        return 1

    def seconds_to_prepare(self, preparation):
        del preparation
        return self.seconds

    def prepare(self, preparation):
        del preparation
        self.thread = threading.current_thread()
        assert self.may_end is None or self.may_end.wait(60)
        return "pixels"


LONG = 2 * INLINE_SECONDS


def test_what_is_quick_is_decoded_on_the_spot_and_the_rest_in_a_thread():
    async def scenario():
        quick, slow = Images(INLINE_SECONDS / 2), Images(LONG)
        for images in (quick, slow):
            decoded = await decode_images(images, Predictor(), Deadline())
            assert decoded.images == "pixels"
        assert quick.thread is threading.current_thread()
        assert slow.thread is not threading.current_thread()

    asyncio.run(scenario())


async def busy(may_end):
    """All threads are decoding."""
    held = [Images(LONG, may_end) for _ in range(os.cpu_count())]
    tasks = [asyncio.create_task(decode_images(images, Predictor(), Deadline())) for images in held]
    while not all(images.thread for images in held):
        await asyncio.sleep(0)
    return tasks


def test_the_event_loop_goes_on_meanwhile():
    async def scenario():
        may_end = threading.Event()
        tasks = await busy(may_end)
        assert not any(task.done() for task in tasks)
        may_end.set()
        await asyncio.gather(*tasks)

    asyncio.run(scenario())


def test_what_waits_for_a_thread_is_said_to_have_waited():
    async def scenario():
        may_end = threading.Event()
        tasks = await busy(may_end)
        waiting = asyncio.create_task(decode_images(Images(LONG), Predictor(), Deadline()))
        await asyncio.sleep(0)
        may_end.set()
        decoded = await waiting
        assert decoded.queue_seconds > 0
        assert Deadline(timeout=1.0).after(decoded.queue_seconds).is_past(0.0, 1.0)
        await asyncio.gather(*tasks)

    asyncio.run(scenario())


def test_what_has_waited_too_long_is_not_decoded():
    async def scenario():
        may_end, predictor, images = threading.Event(), Predictor(), Images(LONG)
        tasks = await busy(may_end)
        late = asyncio.create_task(decode_images(images, predictor, Deadline(timeout=0.0)))
        await asyncio.sleep(0)
        may_end.set()
        with pytest.raises(OverloadedError, match="not decoded within the 0 s asked for"):
            await late
        await asyncio.gather(*tasks)
        assert images.thread is None
        assert predictor.failures == 1

    asyncio.run(scenario())


def test_what_its_client_has_left_is_not_decoded(monkeypatch):
    monkeypatch.setattr("service.inference.deadlines.WATCH_AFTER", 0)

    async def gone():
        return None

    async def scenario():
        may_end, predictor, images = threading.Event(), Predictor(), Images(LONG)
        tasks = await busy(may_end)
        with pytest.raises(ClientGoneError):
            await decode_images(images, predictor, Deadline(hangup=gone))
        may_end.set()
        await asyncio.gather(*tasks)
        assert images.thread is None
        assert predictor.failures == 1

    asyncio.run(scenario())


def test_an_error_of_decoding_is_that_of_the_request():
    class Damaged(Images):
        def prepare(self, preparation):
            super().prepare(preparation)
            raise ValueError("damaged")

    async def scenario():
        for seconds in (0, LONG):
            with pytest.raises(ValueError, match="damaged"):
                await decode_images(Damaged(seconds), Predictor(), Deadline())

    asyncio.run(scenario())
