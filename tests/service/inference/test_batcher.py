"""The queue in front of a model: what waits, what is computed together, what is refused."""

import asyncio
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.inference.batcher import FEW_REQUESTS, MAX_ROWS, MAX_WAITING, Batcher
from service.inference.deadlines import Deadline
from service.inference.errors import ClientGoneError, OverloadedError

AT_ONCE, IN_A_THREAD = 1e-9, 10.0  # seconds per image that it is told to expect


class Held:
    """A model whose answer is the first pixel of each image, and which works when it may."""

    def __init__(self):
        self.batches = []
        self.may_work = threading.Event()

    def __call__(self, images):
        self.batches.append(len(images))
        assert self.may_work.wait(60)
        return images.reshape(len(images), -1)[:, :1].astype(np.float32)


def images(*values):
    return np.array(values, dtype=np.uint8).reshape(-1, 1, 1, 1)


def classify(batcher, sent, deadline=None, concurrent_requests=1):
    """Classify, for ever if need be, for the only client there is."""
    return batcher.classify(sent, deadline or Deadline(), concurrent_requests=concurrent_requests)


def batcher_of(model, seconds_per_image=IN_A_THREAD):
    return Batcher(model, seconds_per_image, note_batch=lambda: None)


async def asked(batcher, sent, deadline=None):
    """A request that has joined the queue."""
    task = asyncio.create_task(classify(batcher, sent, deadline))
    await asyncio.sleep(0)
    return task


async def busy():
    """A batcher that is computing one image, and the model behind it."""
    model = Held()
    batcher = batcher_of(model)
    first = await asked(batcher, images(1))
    while not model.batches:
        await asyncio.sleep(0)
    return batcher, model, first


def test_a_lone_request_is_computed_on_the_spot():
    async def scenario():
        threads = []

        def model(sent):
            threads.append(threading.current_thread())
            return sent.reshape(-1, 1).astype(np.float32)

        answer = await classify(batcher_of(model, AT_ONCE), images(7))
        assert threads == [threading.current_thread()]
        assert (answer.queue_seconds, answer.batch_size) == (0, 1)

    asyncio.run(scenario())


def test_many_that_arrive_together_are_computed_as_one_batch_in_a_thread():
    async def scenario():
        threads = []

        def model(sent):
            threads.append(threading.current_thread())
            return sent.reshape(-1, 1).astype(np.float32)

        batcher, many = batcher_of(model, AT_ONCE), FEW_REQUESTS + 1
        asking = (classify(batcher, images(n), concurrent_requests=many) for n in range(9))
        answers = await asyncio.gather(*asking)
        assert {answer.batch_size for answer in answers} == {9}
        assert threads != [threading.current_thread()]
        assert [answer.probabilities[0, 0] for answer in answers] == list(range(9))

    asyncio.run(scenario())


def test_requests_that_arrive_meanwhile_are_the_next_batch():
    async def scenario():
        batcher, model, first = await busy()
        others = [await asked(batcher, images(n, n)) for n in range(2, 9)]
        model.may_work.set()
        await first
        answers = [await task for task in others]
        assert model.batches == [1, 14]
        assert {answer.batch_size for answer in answers} == {14}
        assert all(answer.queue_seconds > 0 for answer in answers)

    asyncio.run(scenario())


@given(st.lists(st.integers(1, MAX_ROWS), max_size=12))
def test_a_batch_never_exceeds_the_maximum_and_each_gets_its_own_rows(sizes):
    async def scenario():
        batcher, model, first = await busy()
        tasks, sent = [], []
        for number, size in enumerate(sizes):
            rows = images(*[number] * size)
            if batcher.num_waiting + size <= MAX_WAITING:
                tasks.append(await asked(batcher, rows))
                sent.append(rows)
        model.may_work.set()
        await first
        for task, rows in zip(tasks, sent, strict=True):
            answer = await task
            assert answer.probabilities[:, 0].tolist() == rows[:, 0, 0, 0].tolist()
        assert max(model.batches) <= MAX_ROWS
        assert sum(model.batches) == 1 + sum(map(len, sent))

    asyncio.run(scenario())


def test_more_than_can_wait_is_refused_with_the_time_it_takes():
    async def scenario():
        batcher, model, first = await busy()
        full = [await asked(batcher, images(*[0] * MAX_ROWS)) for _ in range(16)]
        with pytest.raises(OverloadedError, match="at most 4096 may") as refused:
            await classify(batcher, images(1))
        assert refused.value.retry_after == MAX_WAITING * IN_A_THREAD
        model.may_work.set()
        await asyncio.gather(first, *full)

    asyncio.run(scenario())


def test_an_expired_request_is_not_computed():
    async def scenario():
        batcher, model, first = await busy()
        expired = await asked(batcher, images(2), Deadline(timeout=0))
        waits = await asked(batcher, images(3), Deadline(timeout=1000))
        model.may_work.set()
        await asyncio.gather(first, waits)
        with pytest.raises(OverloadedError, match="not computed within"):
            await expired
        assert sum(model.batches) == 2

    asyncio.run(scenario())


def test_a_request_whose_client_has_gone_is_not_computed():
    async def scenario():
        batcher, model, first = await busy()
        hung_up = asyncio.Event()

        async def hangup():
            await hung_up.wait()

        left = await asked(batcher, images(2), Deadline(hangup=hangup))
        cancelled = await asked(batcher, images(3))
        hung_up.set()
        with pytest.raises(ClientGoneError):
            await left
        cancelled.cancel()
        stays = await asked(batcher, images(4))
        model.may_work.set()
        await asyncio.gather(first, stays)
        assert sum(model.batches) == 2

    asyncio.run(scenario())


def test_a_model_that_fails_fails_the_requests_of_its_batch_and_no_later_ones():
    async def scenario():
        fails = [True]

        def model(sent):
            if fails.pop():
                raise RuntimeError("out of memory")
            return sent.reshape(-1, 1).astype(np.float32)

        batcher = batcher_of(model)
        with pytest.raises(RuntimeError, match="out of memory"):
            await classify(batcher, images(1))
        fails.append(False)
        answer = await classify(batcher, images(9))
        assert answer.probabilities.tolist() == [[9.0]]

    asyncio.run(scenario())
