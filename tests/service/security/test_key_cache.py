"""The door knows the keys without asking the database for each, and counts what each may."""

import asyncio

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from service.middleware.authentication import Authentication
from service.security.key_cache import SECONDS, KeyCache
from tests.service.keys import bearer, make
from workers.storage import api_keys
from workers.storage.database import open_database, transaction, utc_now


class Door:
    """The door before a admission that always answers, and a clock that is turned by hand."""

    def __init__(self, service):
        self.now, self.bodies_read, self.service = 0.0, 0, service
        database = open_database(service.settings.resolved_database_url)
        ring = KeyCache(database, service.settings, clock=lambda: self.now)
        self._loop = asyncio.Runner()
        self._app = Authentication(self._house, ring, clock=lambda: self.now)

    def close(self):
        self._loop.close()

    async def _house(self, scope, receive, send):
        del scope
        await receive()
        self.bodies_read += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def ask(self, key, path="/v1/models/champion/predictions", times=1):
        async def send():
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://admission"
            ) as client:
                asked = (client.post(path, headers=bearer(key)) for _ in range(times))
                return await asyncio.gather(*asked)

        return self._loop.run(send())


@pytest.fixture
def door(service):
    door = Door(service)
    yield door
    door.close()


def test_a_revoked_key_opens_nothing_a_second_later_and_a_new_one_at_once(door):
    made = make(door.service, "predict")
    assert door.ask(made.key)[0].status_code == 200
    with transaction(open_database(door.service.settings.resolved_database_url)) as session:
        api_keys.revoke(session, made.row.id, now=utc_now())
    door.now += SECONDS + 0.01
    assert door.ask(made.key)[0].status_code == 401
    door.now += 0.001
    assert door.ask(make(door.service, "predict").key)[0].status_code == 200


def test_a_known_key_asks_the_database_nothing(door, monkeypatch):
    made = make(door.service, "predict")
    door.ask(made.key)
    monkeypatch.setattr(api_keys, "every", lambda _: pytest.fail("it was asked"))

    assert {one.status_code for one in door.ask(made.key, times=20)} == {200}


def test_the_body_of_who_is_refused_is_not_read(door):
    make(door.service, "predict")

    assert door.ask("nothing")[0].status_code == 401
    assert door.bodies_read == 0


def test_a_database_that_does_not_answer_lets_nobody_in(door, monkeypatch):
    def broken(_):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(api_keys, "every", broken)

    answer = door.ask("any")[0]
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_more_requests_than_granted_are_told_when_to_come_back(door):
    made = make(door.service, "predict", requests_per_minute=30)
    answers = door.ask(made.key, times=31)

    assert [one.status_code for one in answers] == [200] * 30 + [429]
    assert [one.headers["RateLimit"] for one in answers[-3:]] == [
        '"key";r=1;t=2',
        '"key";r=0;t=2',
        '"key";r=0;t=2',
    ]
    assert {one.headers["RateLimit-Policy"] for one in answers} == {'"key";q=30;w=60'}
    assert answers[-1].headers["Retry-After"] == "2"
    assert "30 requests a minute" in answers[-1].json()["detail"]
    door.now += 2
    assert [one.status_code for one in door.ask(made.key, times=2)] == [200, 429]


def test_a_limit_is_of_one_key_alone(door):
    limited, free = (
        make(door.service, "predict", requests_per_minute=1),
        make(door.service, "predict"),
    )
    door.ask(limited.key, times=2)

    assert "RateLimit" not in door.ask(free.key)[0].headers
