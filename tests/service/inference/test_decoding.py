"""Where the images of a request are decoded, and what happens to those that are given up."""

import asyncio
import threading

import numpy as np
import pytest

from service.errors import TooLargeError
from service.inference import decoding, pixel_budget
from service.inference.batcher import INLINE_SECONDS
from service.inference.bodies.images import Cost, PreparedImages
from service.inference.deadlines import Deadline
from service.inference.decoding import decode_images
from service.inference.errors import ClientGoneError, OverloadedError
from service.inference.pixel_budget import PixelBudget
from workers.processors import num_processors


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
    """Images each of which takes so long as is said, and is decoded when it may be."""

    def __init__(self, seconds, may_end=None, pixels=(1,)):
        self.seconds, self.may_end, self.pixels = seconds, may_end, pixels
        self.threads, self.parts = [], []

    def __len__(self):
        return len(self.pixels)

    def costs(self, preparation):
        del preparation
        return [Cost(self.seconds, pixels) for pixels in self.pixels]

    def prepare(self, preparation, part, white=None):
        del preparation, white
        self.threads.append(threading.current_thread())
        assert self.may_end is None or self.may_end.wait(60)
        numbers = list(range(len(self)))[part]
        self.parts.append(numbers)
        return PreparedImages(np.array(numbers), [[str(number)] for number in numbers])


LONG = 2 * INLINE_SECONDS


def test_what_is_quick_is_decoded_on_the_spot_and_the_rest_in_a_thread():
    async def scenario():
        quick, slow = Images(INLINE_SECONDS / 2), Images(LONG)
        for images in (quick, slow):
            decoded = await decode_images(images, Predictor(), Deadline())
            assert decoded.images.pixels.tolist() == [0]
        assert quick.threads == [threading.current_thread()]
        assert slow.threads != [threading.current_thread()]

    asyncio.run(scenario())


async def busy(may_end):
    """All threads are decoding."""
    held = [Images(LONG, may_end) for _ in range(num_processors())]
    tasks = [asyncio.create_task(decode_images(images, Predictor(), Deadline())) for images in held]
    while not all(images.threads for images in held):
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
        assert not images.threads
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
        for _ in range(10):  # turns of the loop, in which it is taken out of the queue
            await asyncio.sleep(0)
        may_end.set()
        await asyncio.gather(*tasks)
        assert not images.threads
        assert predictor.failures == 1

    asyncio.run(scenario())


def test_an_error_of_decoding_is_that_of_the_request():
    class Damaged(Images):
        def prepare(self, preparation, part, white=None):
            super().prepare(preparation, part, white)
            raise ValueError("damaged")

    async def scenario():
        for seconds in (0, LONG):
            with pytest.raises(ValueError, match="damaged"):
                await decode_images(Damaged(seconds), Predictor(), Deadline())

    asyncio.run(scenario())


def test_many_images_are_decoded_a_few_at_a_time_and_stay_in_their_order():
    async def scenario():
        images = Images(decoding.PART_SECONDS / 4, pixels=[1] * 30)
        decoded = await decode_images(images, Predictor(), Deadline())
        assert max(map(len, images.parts)) == 4
        assert decoded.images.pixels.tolist() == list(range(30))
        assert decoded.images.notes == [[str(number)] for number in range(30)]

    asyncio.run(scenario())


def test_a_photograph_is_not_behind_all_images_of_a_request_that_came_before():
    async def scenario():
        may_end = threading.Event()
        many, photograph = Images(LONG * 100, may_end, pixels=[1] * 50), Images(LONG)
        before = asyncio.create_task(decode_images(many, Predictor(), Deadline()))
        while not many.threads:
            await asyncio.sleep(0)
        after = asyncio.create_task(decode_images(photograph, Predictor(), Deadline()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        may_end.set()
        await after
        assert len(many.parts) < 50
        await before

    asyncio.run(scenario())


def test_the_first_image_that_is_wrong_is_named_and_what_comes_after_it_is_left():
    class Damaged(Images):
        def prepare(self, preparation, part, white=None):
            prepared = super().prepare(preparation, part, white)
            if part.start:
                raise ValueError(f"image {part.start} is damaged")
            return prepared

    async def scenario():
        images = Damaged(LONG * 100, pixels=[1] * 50)
        with pytest.raises(ValueError, match="image 1 is damaged"):
            await decode_images(images, Predictor(), Deadline())
        assert len(images.parts) < 50

    asyncio.run(scenario())


def test_more_pixels_than_all_requests_may_have_together_are_refused_for_good():
    async def scenario():
        images = Images(LONG, pixels=[64_000_000] * 256)
        with pytest.raises(TooLargeError, match="16,384 million pixels together; at most 2,000"):
            await decode_images(images, Predictor(), Deadline())
        assert not images.threads
        assert decoding.BUDGET.num_asked == 0

    asyncio.run(scenario())


def test_pixels_for_which_there_is_no_room_now_are_refused_until_the_others_are_decoded():
    async def scenario():
        may_end, predictor = threading.Event(), Predictor()
        half = pixel_budget.MAX_ASKED // 2
        first = Images(LONG, may_end, pixels=[half])
        busy = asyncio.create_task(decode_images(first, predictor, Deadline()))
        while not first.threads:
            await asyncio.sleep(0)
        with pytest.raises(OverloadedError, match="1,000 million pixels wait") as refused:
            await decode_images(Images(LONG, pixels=[half + 1]), predictor, Deadline())
        assert refused.value.retry_after > 1
        assert predictor.failures == 1
        may_end.set()
        await busy
        await decode_images(Images(LONG, pixels=[half + 1]), predictor, Deadline())
        assert (decoding.BUDGET.num_asked, decoding.BUDGET.num_at_once) == (0, 0)

    asyncio.run(scenario())


def test_pixels_in_memory_are_bounded_over_all_threads():
    budget, most = PixelBudget(), pixel_budget.MAX_AT_ONCE
    taken, may_end = threading.Semaphore(0), threading.Event()

    def take(pixels):
        with budget.take(pixels):
            taken.release()
            assert budget.num_at_once <= most
            assert may_end.wait(60)

    sizes = (most // 2, most // 2, most // 4, most // 4)
    threads = [threading.Thread(target=take, args=(pixels,)) for pixels in sizes]
    for thread in threads:
        thread.start()
    assert taken.acquire(timeout=60)
    assert budget.num_at_once <= most
    may_end.set()
    for thread in threads:
        thread.join()
    assert budget.num_at_once == 0


def test_what_is_larger_than_the_budget_is_taken_when_nothing_else_is_there():
    budget = PixelBudget()
    with budget.take(2 * pixel_budget.MAX_AT_ONCE):
        assert budget.num_at_once == 2 * pixel_budget.MAX_AT_ONCE
    assert budget.num_at_once == 0
