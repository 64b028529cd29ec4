"""Admitted predictions go on in order, a few in each turn of the event loop."""

import asyncio

from service.inference.admission import AdmissionControl
from service.overload import short_turns
from service.overload.short_turns import ShortTurns

PATH = "/v1/models/champion/predictions"


def test_what_arrives_together_goes_on_in_order_and_in_turns_of_the_event_loop(monkeypatch):
    monkeypatch.setattr(short_turns, "TURN", 0)  # no time for a second one within one turn
    entered, turns = [], 0

    async def app(scope, receive, send):
        del receive, send
        entered.append((turns, scope["number"]))

    async def count_turns():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def scenario():
        middleware = ShortTurns(app, AdmissionControl())
        counting = asyncio.create_task(count_turns())
        scope = {"type": "http", "path": PATH, "headers": []}
        await asyncio.gather(*(middleware(scope | {"number": n}, None, None) for n in range(10)))
        counting.cancel()

    asyncio.run(scenario())

    assert [number for _, number in entered] == list(range(10))
    assert len({turn for turn, _ in entered}) == 10


def test_another_request_does_not_wait_behind_predictions():
    entered = []

    async def app(scope, receive, send):
        del receive, send
        entered.append(scope["path"])

    async def scenario():
        middleware = ShortTurns(app, AdmissionControl())
        paths = (PATH, "/health/live")
        await asyncio.gather(*(middleware({"type": "http", "path": p}, None, None) for p in paths))

    asyncio.run(scenario())

    assert entered == ["/health/live", PATH]
