"""Twice as many clients as are admitted at once, against a real uvicorn."""

import asyncio
import io
import threading
from collections import Counter

import httpx
import numpy as np
import pytest

from service.inference import admission, batcher
from service.inference.batcher import Batcher

ADMITTED, ROUNDS = 16, 5
PATHS = ("/v1/models/champion/predictions", "/v1/models/latest/predictions?top_k=1")


@pytest.fixture
def bodies():
    """Arrays of one image and of many, so that batches differ in size."""
    generator = np.random.default_rng(0)
    made = []
    for count in (1, 64, 1, 3):
        array = io.BytesIO()
        np.save(array, generator.integers(0, 256, (count, 8, 8), dtype=np.uint8))
        made.append(array.getvalue())
    return made


@pytest.fixture
def held(monkeypatch):
    """The models work when this is set; few are admitted, and nothing is computed on the event loop."""
    may_work = threading.Event()
    compute = Batcher._compute

    def wait_and_compute(self, images):
        assert may_work.wait(60)
        return compute(self, images)

    monkeypatch.setattr(admission, "MAX_REQUESTS", ADMITTED)
    monkeypatch.setattr(batcher, "INLINE_SECONDS", 0)
    monkeypatch.setattr(Batcher, "_compute", wait_and_compute)
    return may_work


def labels(answer):
    return [prediction["label"] for prediction in answer.json()["predictions"]]


class Clients:
    """Twice as many as are admitted; they check their answers."""

    def __init__(self, http, bodies):
        self.http, self.bodies, self.statuses = http, bodies, Counter()

    async def post(self, number):
        path, body = PATHS[number % 2], self.bodies[number % len(self.bodies)]
        return await self.http.post(
            path, content=body, headers={"Content-Type": "application/x-npy"}
        )

    async def ask(self, number, times, expected):
        for _ in range(times):
            answer = await self.post(number)
            self.statuses[answer.status_code] += 1
            if answer.status_code == 200:
                assert labels(answer) == expected[number % len(expected)]
            else:
                assert int(answer.headers["Retry-After"]) >= 1

    def ask_together(self, times, expected):
        asking = [self.ask(number, times, expected) for number in range(2 * ADMITTED)]
        return [asyncio.create_task(call) for call in asking]


def test_under_twice_the_load_every_answer_is_right_or_says_when_to_come_back(
    address, bodies, held
):
    async def scenario():
        limits = httpx.Limits(max_connections=2 * ADMITTED)
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as http:
            clients = Clients(http, bodies)
            held.set()
            expected = [labels(await clients.post(number)) for number in range(len(bodies))]
            for _ in range(ROUNDS):
                held.clear()
                clients.statuses.clear()
                asking = clients.ask_together(1, expected)
                while clients.statuses[429] < ADMITTED:
                    await asyncio.sleep(0)
                held.set()
                await asyncio.gather(*asking)
                assert clients.statuses == {200: ADMITTED, 429: ADMITTED}
            await asyncio.gather(*clients.ask_together(ROUNDS, expected))
            assert set(clients.statuses) <= {200, 429}

    asyncio.run(scenario())
