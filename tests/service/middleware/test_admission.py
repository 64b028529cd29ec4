"""The door of the predictions, and what happens to requests while things change behind it."""

import asyncio
import threading

import httpx
import pytest

from service.inference import admission as admission_control
from service.inference.admission import AdmissionControl
from service.middleware import admission as admission_middleware
from service.middleware.admission import AdmissionMiddleware

PATH = "/v1/models/champion/predictions"


async def scenario(check):
    """`check` gets a client of a service that answers when it is let, and the event to let it."""
    may_answer = asyncio.Event()

    async def admission(scope, receive, send):
        del scope, receive
        await may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answered"})

    transport = httpx.ASGITransport(AdmissionMiddleware(admission, AdmissionControl()))
    async with httpx.AsyncClient(transport=transport, base_url="http://admission") as client:
        await check(client, may_answer)


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def test_who_comes_when_the_house_is_full_is_told_when_to_come_back(monkeypatch):
    monkeypatch.setattr(admission_control, "MOST_REQUESTS", 2)

    async def check(client, may_answer):
        inside = [asyncio.create_task(client.post(PATH, content=b"x")) for _ in range(2)]
        await settle()
        refused = await client.post(PATH, content=b"x")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.headers["Content-Type"] == "application/problem+json"
        other = asyncio.create_task(client.get("/v1/models"))
        may_answer.set()
        assert [(await one).text for one in [*inside, other]] == ["answered"] * 3
        assert (await client.post(PATH, content=b"x")).status_code == 200

    asyncio.run(scenario(check))


def test_the_bodies_in_the_house_are_bounded_too(monkeypatch):
    monkeypatch.setattr(admission_control, "MOST_BYTES", 100)

    async def check(client, may_answer):
        inside = asyncio.create_task(client.post(PATH, content=b"x" * 80))
        await settle()
        assert (await client.post(PATH, content=b"x" * 30)).status_code == 429
        small = asyncio.create_task(client.post(PATH, content=b"x" * 20))
        may_answer.set()
        assert [(await one).status_code for one in (inside, small)] == [200, 200]

    asyncio.run(scenario(check))


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
    monkeypatch.setattr(admission_control, "MOST_REQUESTS", 0)

    async def check(client, may_answer):
        may_answer.set()
        assert (await client.post(path)).status_code == (429 if is_counted else 200)

    asyncio.run(scenario(check))


def test_an_alias_moves_under_load_and_no_request_fails(trained, address, png):
    first, second = (one["id"] for one in trained.http.get("/v1/models").json()["items"][:2])
    trained.http.put("/v1/aliases/busy", json={"model_id": first})
    moved, answers = threading.Event(), []

    def ask():
        with httpx.Client(base_url=address) as client:
            for number in range(60):
                if number == 30:
                    moved.wait(60)
                answers.append(client.post("/v1/models/busy/predictions", content=png()))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    trained.http.put("/v1/aliases/busy", json={"model_id": second})
    moved.set()
    for one in threads:
        one.join()

    assert {one.status_code for one in answers} == {200}
    assert {one.json()["model_id"] for one in answers} <= {first, second}
    with httpx.Client(base_url=address) as client:
        after = client.post("/v1/models/busy/predictions", content=png())
    assert after.json()["model_id"] == second


def test_who_came_together_goes_on_in_order_and_in_turns_of_the_event_loop(monkeypatch):
    monkeypatch.setattr(admission_middleware, "TURN", 0)  # no time for a second one within one turn
    entered, turns = [], 0

    async def admission(scope, receive, send):
        del receive, send
        entered.append((turns, scope["number"]))

    async def count_turns():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def scenario_of_turns():
        door, counting = (
            AdmissionMiddleware(admission, AdmissionControl()),
            asyncio.create_task(count_turns()),
        )
        scope = {"type": "http", "path": PATH, "headers": []}
        await asyncio.gather(*(door(scope | {"number": n}, None, None) for n in range(10)))
        counting.cancel()

    asyncio.run(scenario_of_turns())

    assert [number for _, number in entered] == list(range(10))
    assert len({turn for turn, _ in entered}) == 10
