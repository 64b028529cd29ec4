"""Who is let in: API keys, their scopes, their limits."""

import asyncio
import logging
from typing import Any

import httpx
import numpy as np
import pytest
import tritonclient.http as triton
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from service import cli
from service.access import Access
from service.app import create_app
from service.client import Client, RefusedError
from service.key_ring import SECONDS, KeyRing
from workers import api_keys
from workers.api_keys import Scope
from workers.database import engine, transaction, utc_now
from workers.settings import settings as settings_of_process

METHODS = {"get", "post", "put", "delete"}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def make(service: Any, *scopes: str, requests_per_minute: int | None = None) -> api_keys.Made:
    with transaction(engine(service.settings.resolved_database_url)) as session:
        return api_keys.create(
            session,
            "somebody",
            [Scope(one) for one in scopes],
            requests_per_minute=requests_per_minute,
            now=utc_now(),
        )


@pytest.fixture
def closed(service):
    """An installation that asks for keys, and one for each scope."""
    keys = {scope: make(service, scope).key for scope in Scope}
    assert service.http.get("/v1/jobs", headers=bearer(keys["read"])).status_code == 200
    return service, keys


def test_without_keys_everything_is_open(service):
    answer = service.http.get("/v1/jobs")

    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers


def test_who_has_no_key_is_told_how_to_send_one(closed):
    service, _ = closed
    answer = service.http.get("/v1/jobs")

    assert "Authorization: Bearer" in service.refused(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bakeoff"'


@pytest.mark.parametrize(
    "header",
    [
        "Bearer nonsense",
        "Bearer ",
        "Bearer bakeoff__",
        "bearer bakeoff_abc_def",
        "Basic YTpi",
        "\xff\xfe",
        "Bearer \xff",
    ],
)
def test_what_is_no_key_opens_nothing(closed, header):
    service, _ = closed
    answer = service.http.get("/v1/jobs", headers=[(b"authorization", header.encode("latin-1"))])

    service.refused(answer, 401)


def test_a_key_with_another_secret_opens_nothing(closed):
    service, keys = closed
    forged = keys["admin"].rsplit("_", 1)[0] + "_" + "A" * 43
    answer = service.http.get("/v1/jobs", headers=bearer(forged))

    assert "not known" in service.refused(answer, 401)
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_every_call_but_those_for_probes_and_pages_asks_for_the_scope_it_shows(closed):
    service, keys = closed
    schema = service.http.get("/openapi.json").json()
    assert schema["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    open_calls = set()
    for path, item in schema["paths"].items():
        for method in METHODS & set(item):
            address = path.replace("{", "").replace("}", "")
            if "security" not in item[method]:
                open_calls.add(path)
                continue
            [needed] = item[method]["security"][0]["key"]
            service.refused(service.http.request(method, address), 401)
            for scope in set(Scope) - {needed, Scope.ADMIN}:
                answer = service.http.request(method, address, headers=bearer(keys[scope]))
                assert f"scope '{needed}'" in service.refused(answer, 403), (method, path)
                assert f'scope="{needed}"' in answer.headers["WWW-Authenticate"]
            if "keys" not in path:
                answer = service.http.request(method, address, headers=bearer(keys[needed]))
                assert answer.status_code not in {401, 403}, (method, path)
    assert open_calls == {
        "/health/live",
        "/health/ready",
        "/v2/health/live",
        "/v2/health/ready",
    }


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/health/ready"])
def test_probes_and_pages_stay_open(closed, path):
    assert closed[0].http.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/nothing", "/v1/keys/", "//v1/jobs", "/v1/jobs/"])
def test_nothing_else_is_open(closed, path):
    service, _ = closed
    service.refused(service.http.get(path, follow_redirects=False), 401)


def test_scopes_are_what_they_say(closed):
    service, keys = closed
    body = {"dataset": "digits", "architecture": "cnn"}

    def train(scope):
        return service.http.post("/v1/jobs", json=body, headers=bearer(keys[scope])).status_code

    assert [train(scope) for scope in ("read", "predict", "train", "admin")] == [403, 403, 202, 202]


def test_keys_are_made_listed_and_revoked_over_http_by_an_admin(closed):
    service, keys = closed
    admin = bearer(keys["admin"])
    body = {"name": "app", "scopes": ["predict", "read", "read"], "requests_per_minute": 60}
    made = service.http.post("/v1/keys", json=body, headers=admin).json()

    assert made["scopes"] == ["predict", "read"]
    assert service.http.get("/v1/jobs", headers=bearer(made["key"])).status_code == 200
    [newest, *_] = service.http.get("/v1/keys", headers=admin).json()["items"]
    assert newest == {name: made[name] for name in newest}
    assert made["key"] not in service.http.get("/v1/keys", headers=admin).text
    for _ in range(2):
        assert service.http.delete(f"/v1/keys/{made['id']}", headers=admin).status_code == 204
    nobody = service.http.delete("/v1/keys/nobody", headers=admin)
    assert "nobody" in service.refused(nobody, 404)


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": []}, {"scopes": ["write"]}, {"name": ""}, {"requests_per_minute": 0}],
)
def test_a_key_that_cannot_be_made_is_refused(closed, wrong):
    service, keys = closed
    body = {"name": "app", "scopes": ["read"], **wrong}
    answer = service.http.post("/v1/keys", json=body, headers=bearer(keys["admin"]))

    assert next(iter(wrong)) in service.refused(answer, 422)


def test_the_first_key_is_not_made_by_whoever_comes_first(service):
    answer = service.http.post("/v1/keys", json={"name": "me", "scopes": ["admin"]})

    assert "bakeoff keys create" in service.refused(answer, 409)
    assert service.http.get("/v1/keys").json()["items"] == []


def test_a_key_is_nowhere_at_rest(closed):
    service, keys = closed
    for file in service.settings.data.rglob("*"):
        if file.is_file():
            for key in keys.values():
                assert key.rsplit("_", 1)[1].encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("mode", "has_key", "status"), [("required", False, 401), ("off", True, 200)]
)
def test_the_setting_decides_whether_keys_are_asked_for(service, mode, has_key, status):
    if has_key:
        make(service, "admin")
    settings = service.settings.model_copy(update={"api_keys": mode})
    with TestClient(create_app(settings)) as http:
        assert http.get("/v1/jobs").status_code == status


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("::1", False), ("192.0.2.1", True)]
)
def test_listening_to_others_without_keys_is_said_in_the_log(service, caplog, host, warned):
    settings = service.settings.model_copy(update={"host": host})
    with caplog.at_level(logging.WARNING), TestClient(create_app(settings)):
        assert ("whoever reaches that address" in caplog.text) is warned
    caplog.clear()
    make(service, "admin")
    with caplog.at_level(logging.WARNING), TestClient(create_app(settings)):
        assert "whoever reaches" not in caplog.text


class Door:
    """The door before a house that always answers, and a clock that is turned by hand."""

    def __init__(self, service):
        self.now, self.bodies_read, self.service = 0.0, 0, service
        database = engine(service.settings.resolved_database_url)
        ring = KeyRing(database, service.settings, clock=lambda: self.now)
        self._loop = asyncio.Runner()
        self._app = Access(self._house, ring, clock=lambda: self.now)

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
            async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
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
    with transaction(engine(door.service.settings.resolved_database_url)) as session:
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


@pytest.fixture
def commands(service, monkeypatch):
    """Runs a command on the machine of the service."""
    cli.load_commands()
    monkeypatch.setenv("BAKEOFF_DATA", str(service.settings.data))
    settings_of_process.cache_clear()

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(cli.app, ["keys", *arguments])

    yield run
    settings_of_process.cache_clear()


def test_a_key_is_made_listed_and_revoked_on_the_command_line(service, commands):
    made = commands("create", "phone", "--scope", "read", "--requests-per-minute", "1000")
    key = made.stdout.strip()

    assert service.http.get("/v1/jobs", headers=bearer(key)).status_code == 200
    listed = commands().stdout
    assert all(said in listed for said in ("phone", "read", "1,000", "valid"))
    key_id = key.split("_")[1]
    assert "revoked" in commands("revoke", key_id).stdout
    assert "revoked" in commands().stdout
    assert "there is no API key" in str(commands("revoke", "nobody").exception)
    assert commands("create", "phone").exit_code == 2  # no scope is guessed


def test_the_clients_send_their_key(service, empty_address, monkeypatch):
    keys = {scope: make(service, scope).key for scope in Scope}
    with Client(empty_address, key="wrong") as client, pytest.raises(RefusedError) as refused:
        list(client.jobs())
    assert refused.value.status == 401
    monkeypatch.setenv("BAKEOFF_API_KEY", keys["admin"])
    with Client(empty_address) as client:
        made = client.create_api_key("app", ["read"])
        assert made["id"] in [one["id"] for one in client.api_keys()]
        with Client(empty_address, key=made["key"]) as other:
            assert list(other.jobs()) == []
            with pytest.raises(RefusedError, match="scope 'train'"):
                other.fetch_dataset("digits")
        client.revoke_api_key(made["id"])


def test_a_client_of_triton_sends_its_key_as_a_header(service, empty_address):
    key = make(service, "predict").key
    client = triton.InferenceServerClient(empty_address.removeprefix("http://"))
    images = triton.InferInput("images", [1, 1, 8, 8], "UINT8")
    images.set_data_from_numpy(np.zeros((1, 1, 8, 8), np.uint8))

    assert client.is_server_live()
    with pytest.raises(triton.InferenceServerException, match="an API key is needed"):
        client.infer("latest", [images])
    with pytest.raises(triton.InferenceServerException, match="no model"):
        client.infer("latest", [images], headers=bearer(key))
    client.close()
