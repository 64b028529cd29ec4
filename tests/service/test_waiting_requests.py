"""Whoever waits is answered, whatever fails: a fault is put in at each place where requests wait."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from sqlalchemy.exc import TimeoutError  # noqa: A004 - theirs

from service.charts.drawing.cache import ChartCache
from service.inference import batcher, request_predictions
from service.inference.batcher import Batcher
from service.inference.bodies import request_images
from service.inference.deadlines import Deadline
from service.inference.errors import BatchesEndedError
from service.inference.model_resolver import ModelResolver
from service.inference.predictor_cache import PredictorCache
from service.overload.direct_routes import DirectRoute
from service.security.key_cache import KeyCache
from workers.queue import idempotency, jobs
from workers.settings import Settings
from workers.storage.database import open_database

PATH = "/v1/models/champion/predictions"
KEPT_CONNECTIONS = 15  # that SQLAlchemy's pool has, unless it is told otherwise
WAIT = 60  # seconds, in which whoever waits has been answered


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*given: Any, **named: Any) -> Any:
        del given, named
        raise error

    return fail


async def ask_all(batches: Batcher, number: int) -> list[Any]:
    """What as many requests get that arrive together, each of one image."""
    image = np.zeros((1, 1, 1, 1), dtype=np.uint8)
    asked = [batches.classify(image, Deadline(), concurrent_requests=number) for _ in range(number)]
    async with asyncio.timeout(WAIT):
        return await asyncio.gather(*asked, return_exceptions=True)


def mean(images: Any) -> Any:
    return images.reshape(len(images), -1).mean(axis=1, keepdims=True, dtype=np.float32)


def batcher_of(classify: Callable[[Any], Any]) -> Batcher:
    return Batcher(classify, 10.0, note_batch=lambda: None)


def test_a_batch_that_cannot_be_put_together_fails_its_requests_and_no_later_ones() -> None:
    async def scenario() -> None:
        batches = batcher_of(mean)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(batcher.np, "concatenate", failing(MemoryError()))
            answers = await ask_all(batches, 9)
        assert [type(answer) for answer in answers] == [MemoryError] * 9
        assert all(answer.batch_size == 9 for answer in await ask_all(batches, 9))

    asyncio.run(scenario())


@pytest.mark.parametrize("error", [MemoryError(), KeyError("x"), StopIteration()], ids=repr)
def test_whatever_an_engine_raises_all_requests_of_the_batch_fail(error: Exception) -> None:
    async def scenario() -> None:
        answers = await ask_all(batcher_of(failing(error)), 9)
        assert all(isinstance(answer, Exception) for answer in answers)

    asyncio.run(scenario())


def test_an_engine_that_gives_too_few_results_fails_the_batch() -> None:
    async def scenario() -> None:
        answers = await ask_all(batcher_of(lambda images: mean(images)[1:]), 9)
        assert {str(answer) for answer in answers} == {"8 results for 9 images"}

    asyncio.run(scenario())


def test_requests_are_answered_where_the_task_of_the_batches_is_cancelled() -> None:
    async def scenario() -> None:
        may_work, works = threading.Event(), threading.Event()

        def work(images: Any) -> Any:
            works.set()
            assert may_work.wait(WAIT)
            return mean(images)

        batches = batcher_of(work)
        first = asyncio.create_task(ask_all(batches, 2))
        await asyncio.to_thread(works.wait, WAIT)
        second = asyncio.create_task(ask_all(batches, 3))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert batches.num_waiting == 3
        assert batches._working is not None
        batches._working.cancel()
        answers = [*await first, *await second]
        may_work.set()
        assert [type(answer) for answer in answers] == [BatchesEndedError] * 5
        assert (batches.num_waiting, batches._working) == (0, None)

    asyncio.run(scenario())


#: Where a request for a prediction can fail, from its first byte to its answer.
PLACES = {
    "the name is looked up": (ModelResolver, "resolve"),
    "the model is loaded": (PredictorCache, "get"),
    "the body is parsed": (request_images, "_from_bytes"),
    "the image is decoded": (request_images, "from_file"),
    "the batch is computed": (Batcher, "_compute"),
    "the answer is made": (request_predictions, "prediction_list"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_prediction_that_fails_anywhere_is_answered_and_no_longer_counted(
    trained: Any, png: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    admission = trained.http.app.state.admission
    where: Any
    where, name = PLACES[place]
    for error, status in ((MemoryError(), 503), (RuntimeError("broken"), 500)):
        with monkeypatch.context() as patch:
            patch.setattr(where, name, failing(error))
            if status == 503:
                answer = trained.http.post(PATH, content=png())
                assert "not enough memory" in trained.refused(answer, status)
                assert answer.headers["Retry-After"]
            else:  # the test's client raises what a real one sees as 500
                with pytest.raises(RuntimeError, match="broken"):
                    trained.http.post(PATH, content=png())
        assert (admission.num_requests, admission.num_bytes) == (0, 0)
    assert trained.http.post(PATH, content=png()).status_code == 200


def test_a_chunked_body_that_breaks_off_is_no_longer_counted(trained: Any) -> None:
    admission = trained.http.app.state.admission

    def broken_off() -> Iterator[bytes]:
        yield b"x" * 1000
        raise ConnectionError("the client has gone")

    with pytest.raises(ConnectionError):
        trained.http.post(PATH, content=broken_off())

    assert (admission.num_requests, admission.num_bytes) == (0, 0)


def test_the_direct_route_of_predictions_answers_where_its_endpoint_fails(
    address: str, png: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    handle = DirectRoute.handle

    async def note_and_handle(self: DirectRoute, scope: Any, receive: Any, send: Any) -> None:
        taken.append(scope["path"])
        await handle(self, scope, receive, send)

    monkeypatch.setattr(DirectRoute, "handle", note_and_handle)

    def status_now() -> int:  # on a connection of its own: after 500 it is closed
        return httpx.post(f"{address}{PATH}", content=png(), timeout=WAIT).status_code

    for error, status in ((MemoryError(), 503), (RuntimeError("broken"), 500)):
        with monkeypatch.context() as patch:
            patch.setattr(Batcher, "_compute", failing(error))
            assert status_now() == status
    assert status_now() == 200
    assert taken == [PATH] * 3


def test_all_who_wait_for_a_model_that_cannot_be_loaded_are_told_and_it_is_tried_again(
    trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        predictors: PredictorCache = PredictorCache(
            trained.http.app.state.artifacts, "cpu", max_bytes=10**9
        )
        resolver = ModelResolver(open_database(trained.settings.resolved_database_url))
        model = (await resolver.resolve("champion")).model
        resolver.close()
        with monkeypatch.context() as patch:
            patch.setattr(predictors, "_make", failing(StopIteration()))
            async with asyncio.timeout(WAIT):
                asked = (predictors.get(model) for _ in range(5))
                answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(answer) for answer in answers] == [RuntimeError] * 5
        assert (await predictors.get(model)).model.id == model.id

    asyncio.run(scenario())


def test_all_who_wait_for_a_name_are_told_that_it_cannot_be_looked_up(
    trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        resolver = ModelResolver(open_database(trained.settings.resolved_database_url))
        with monkeypatch.context() as patch:
            patch.setattr(resolver, "_look_up", failing(MemoryError()))
            async with asyncio.timeout(WAIT):
                asked = (resolver.resolve("champion") for _ in range(5))
                answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(answer) for answer in answers] == [MemoryError] * 5
        assert (await resolver.resolve("champion")).version == 1
        resolver.close()

    asyncio.run(scenario())


def test_all_who_wait_for_keys_that_cannot_be_read_are_told_after_two_attempts(
    trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[None] = []

    def fail() -> Any:
        attempts.append(None)
        raise MemoryError

    async def scenario() -> None:
        settings: Settings = trained.settings
        keys = KeyCache(open_database(settings.resolved_database_url), settings)
        with monkeypatch.context() as patch:
            patch.setattr(keys, "_rows", fail)
            async with asyncio.timeout(WAIT):
                asked = (keys.find(None) for _ in range(50))
                answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(answer) for answer in answers] == [MemoryError] * 50
        assert await keys.find(None) is None

    asyncio.run(scenario())
    assert len(attempts) <= 2


def test_all_who_wait_for_a_chart_that_cannot_be_drawn_are_told_and_it_is_drawn_again(
    tmp_path: Path,
) -> None:
    cache = ChartCache(tmp_path)

    def ask(make: Callable[[], bytes]) -> Any:
        try:
            return cache.get("chart", make)
        except MemoryError as error:
            return error

    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(ask, [failing(MemoryError())] * 5, timeout=WAIT))

    assert [type(answer) for answer in answers] == [MemoryError] * 5
    assert cache.get("chart", lambda: b"drawn") == b"drawn"


def test_what_is_stored_is_measured_again_after_a_failure(
    untouched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = untouched.http.app.state.storage_meter
    with monkeypatch.context() as patch:
        patch.setattr(meter, "_measure", failing(MemoryError()))
        patch.setattr(meter, "_last", None)
        assert untouched.http.get("/v1/storage").status_code == 503

    assert untouched.http.get("/v1/storage").status_code == 200


def test_a_request_that_failed_after_its_key_was_noted_can_be_sent_again(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"dataset": "digits", "architecture": "cnn"}
    headers = {"Idempotency-Key": "one"}
    remember = idempotency.remember

    def remember_and_fail(*given: Any, **named: Any) -> None:
        remember(*given, **named)
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "remember", remember_and_fail)
        failed = service.http.post("/v1/jobs", json=body, headers=headers)
    assert failed.status_code == 503

    made = service.http.post("/v1/jobs", json=body, headers=headers)

    assert made.status_code == 202
    assert [job["id"] for job in service.http.get("/v1/jobs").json()["items"]] == [
        made.json()["id"]
    ]


def test_requests_that_hold_a_connection_do_not_wait_for_threads_that_wait_for_one(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, entered, may_go_on = jobs.find, [], threading.Event()

    def find_together(*given: Any, **named: Any) -> Any:
        found = find(*given, **named)
        entered.append(None)
        if len(entered) >= KEPT_CONNECTIONS:
            may_go_on.set()  # FastAPI takes a thread again to make an answer of it
        assert may_go_on.wait(WAIT)
        return found

    async def ask_many() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, timeout=WAIT, limits=limits) as client:
            return await asyncio.gather(*(client.get("/v1/jobs") for _ in range(100)))

    monkeypatch.setattr(jobs, "find", find_together)
    answers = asyncio.run(ask_many())

    assert {answer.status_code for answer in answers} == {200}


def test_where_no_connection_to_the_database_is_left_the_answer_is_503(
    untouched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "find", failing(TimeoutError("QueuePool limit reached")))

    answer = untouched.http.get("/v1/jobs")

    assert "does not answer" in untouched.refused(answer, 503)
    assert answer.headers["Retry-After"]
