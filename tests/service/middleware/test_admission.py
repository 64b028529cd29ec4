"""Admission control of predictions, and what happens to requests while an alias moves."""

import asyncio
import gzip
import threading

import httpx
import pytest

from service.inference import admission as admission_control
from service.inference.admission import AdmissionControl, content_length
from service.middleware.admission import AdmissionMiddleware

PATH = "/v1/models/champion/predictions"


async def scenario(check):
    """`check` gets a client of a service that answers when it may, and the event for that."""
    may_answer = asyncio.Event()

    async def app(scope, receive, send):
        del scope, receive
        await may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answered"})

    transport = httpx.ASGITransport(AdmissionMiddleware(app, AdmissionControl()))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        await check(client, may_answer)


async def turn_the_loop():
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_request_for_which_there_is_no_room_is_told_when_to_come_back(monkeypatch):
    monkeypatch.setattr(admission_control, "MAX_REQUESTS", 2)

    async def check(client, may_answer):
        admitted = [asyncio.create_task(client.post(PATH, content=b"x")) for _ in range(2)]
        await turn_the_loop()
        refused = await client.post(PATH, content=b"x")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.headers["Content-Type"] == "application/problem+json"
        other = asyncio.create_task(client.get("/v1/models"))
        may_answer.set()
        assert [(await task).text for task in [*admitted, other]] == ["answered"] * 3
        assert (await client.post(PATH, content=b"x")).status_code == 200

    asyncio.run(scenario(check))


def test_the_bodies_of_what_is_being_answered_are_bounded_too(monkeypatch):
    monkeypatch.setattr(admission_control, "MAX_BYTES", 100)

    async def check(client, may_answer):
        large = asyncio.create_task(client.post(PATH, content=b"x" * 80))
        await turn_the_loop()
        assert (await client.post(PATH, content=b"x" * 30)).status_code == 429
        small = asyncio.create_task(client.post(PATH, content=b"x" * 20))
        may_answer.set()
        assert [(await task).status_code for task in (large, small)] == [200, 200]

    asyncio.run(scenario(check))


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_a_body_of_unstated_length_is_counted_as_it_arrives(trained, monkeypatch, headers):
    admission = trained.http.app.state.admission
    monkeypatch.setattr(admission_control, "MAX_BYTES", 1000)
    body = [b" " * 600] * 2
    if headers:
        body = [gzip.compress(b"".join(body))]  # far less than that, until it is unpacked

    refused = trained.http.post(PATH, content=iter(body), headers=headers)

    assert "the service is busy" in trained.refused(refused, 429)
    assert int(refused.headers["Retry-After"]) >= 1
    assert (admission.num_requests, admission.num_bytes) == (0, 0)


@pytest.mark.parametrize(
    ("path", "is_counted"),
    [
        ("/v1/models/latest/predictions", True),
        ("/v1/comparisons/latest/predictions", True),
        ("/v2/models/champion/infer", True),
        ("/v2/models/champion/versions/2/infer", True),
        ("/v1/models/latest", False),
        ("/health/live", False),
    ],
)
def test_only_predictions_are_counted(monkeypatch, path, is_counted):
    monkeypatch.setattr(admission_control, "MAX_REQUESTS", 0)

    async def check(client, may_answer):
        may_answer.set()
        assert (await client.post(path)).status_code == (429 if is_counted else 200)

    asyncio.run(scenario(check))


def test_the_time_to_come_back_is_that_of_those_being_answered():
    admission = AdmissionControl()
    for _ in range(10):
        admission.enter(0)
    admission.seconds_per_answer = 0.42
    assert admission.refusal().headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    ("stated", "length"),
    [([b"12"], 12), ([], None), ([b"12", b"12"], None), ([b"+12"], None), ([b"9" * 30], None)],
)
def test_a_length_counts_where_it_is_stated_once_and_plainly(stated, length):
    headers = [(b"content-length", value) for value in stated]

    assert content_length({"headers": [(b"host", b"here"), *headers]}) == length


def test_an_alias_moves_under_load_and_no_request_fails(trained, address, png):
    first, second = (model["id"] for model in trained.http.get("/v1/models").json()["items"][:2])
    trained.http.put("/v1/aliases/busy", json={"model_id": first})
    moved, answers = threading.Event(), []

    def ask():
        with httpx.Client(base_url=address) as client:
            for number in range(60):
                if number == 30:
                    moved.wait(60)
                answers.append(client.post("/v1/models/busy/predictions", content=png()))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    trained.http.put("/v1/aliases/busy", json={"model_id": second})
    moved.set()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["model_id"] for answer in answers} <= {first, second}
    with httpx.Client(base_url=address) as client:
        after = client.post("/v1/models/busy/predictions", content=png())
    assert after.json()["model_id"] == second


def test_an_explanation_counts_as_one_being_answered_but_not_in_the_time_that_an_answer_takes():
    admission = AdmissionControl()
    during = []

    async def app(scope, receive, send):
        del scope, receive
        during.append(admission.num_requests)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answered"})

    async def check():
        transport = httpx.ASGITransport(AdmissionMiddleware(app, admission))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            await client.post("/v1/models/champion/explanations", content=b"x")
            after_explanation = admission.seconds_per_answer
            await client.post(PATH, content=b"x")
        return after_explanation

    assert asyncio.run(check()) == 0
    assert during == [1, 1]
    assert admission.num_requests == 0
    assert admission.seconds_per_answer > 0
