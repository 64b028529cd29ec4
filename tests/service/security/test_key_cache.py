"""Keys are checked without asking the database for each, and requests are counted by key."""

import asyncio

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from service.middleware.authentication import Authentication
from service.security.key_cache import FRESH_SECONDS, KeyCache
from tests.service.keys import bearer, make
from workers.storage import api_keys
from workers.storage.database import open_database, transaction, utc_now


class Guarded:
    """Authentication before an application that always answers, and a clock that is turned by hand."""

    def __init__(self, service):
        self.now, self.bodies_read, self.service = 0.0, 0, service
        database = open_database(service.settings.resolved_database_url)
        keys = KeyCache(database, service.settings, clock=lambda: self.now)
        self._loop = asyncio.Runner()
        self._app = Authentication(self._answer, keys, clock=lambda: self.now)

    def close(self):
        self._loop.close()

    async def _answer(self, scope, receive, send):
        del scope
        await receive()
        self.bodies_read += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def ask(self, key, path="/v1/models/champion/predictions", times=1):
        async def send():
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                asked = (client.post(path, headers=bearer(key)) for _ in range(times))
                return await asyncio.gather(*asked)

        return self._loop.run(send())


@pytest.fixture
def guarded(service):
    guarded = Guarded(service)
    yield guarded
    guarded.close()


def test_a_revoked_key_is_invalid_a_second_later_and_a_new_one_valid_at_once(guarded):
    made = make(guarded.service, "predict")
    assert guarded.ask(made.key)[0].status_code == 200
    with transaction(open_database(guarded.service.settings.resolved_database_url)) as session:
        api_keys.revoke(session, made.row.id, now=utc_now())
    guarded.now += FRESH_SECONDS + 0.01
    assert guarded.ask(made.key)[0].status_code == 401
    guarded.now += 0.001
    assert guarded.ask(make(guarded.service, "predict").key)[0].status_code == 200


def test_a_known_key_costs_no_query(guarded, monkeypatch):
    made = make(guarded.service, "predict")
    guarded.ask(made.key)
    monkeypatch.setattr(api_keys, "list_all", lambda _: pytest.fail("it was asked"))

    assert {answer.status_code for answer in guarded.ask(made.key, times=20)} == {200}


def test_the_body_of_a_refused_request_is_not_read(guarded):
    make(guarded.service, "predict")

    assert guarded.ask("nothing")[0].status_code == 401
    assert guarded.bodies_read == 0


def test_without_the_database_every_request_is_refused(guarded, monkeypatch):
    def broken(_):
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(api_keys, "list_all", broken)

    answer = guarded.ask("any")[0]
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_more_requests_than_granted_are_told_when_to_come_back(guarded):
    made = make(guarded.service, "predict", requests_per_minute=30)
    answers = guarded.ask(made.key, times=31)

    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert [answer.headers["RateLimit"] for answer in answers[-3:]] == [
        '"key";r=1;t=2',
        '"key";r=0;t=2',
        '"key";r=0;t=2',
    ]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"key";q=30;w=60'}
    assert answers[-1].headers["Retry-After"] == "2"
    assert "30 requests a minute" in answers[-1].json()["detail"]
    guarded.now += 2
    assert [answer.status_code for answer in guarded.ask(made.key, times=2)] == [200, 429]


def test_each_key_has_a_limit_of_its_own(guarded):
    limited = make(guarded.service, "predict", requests_per_minute=1)
    free = make(guarded.service, "predict")
    guarded.ask(limited.key, times=2)

    assert "RateLimit" not in guarded.ask(free.key)[0].headers
