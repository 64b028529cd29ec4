"""Which requests are answered: API keys, their scopes and limits."""

import logging

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.inference import admission
from tests.service.keys import bearer, make, secret_of
from workers.storage.api_keys import Scope

METHODS = {"get", "post", "put", "delete"}


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
    forged = keys["admin"].removesuffix(secret_of(keys["admin"])) + "A" * 43
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
            # A stream that begins has no end: one of a job that is not there is refused.
            endless = {"/v1/events": "/v1/events?job=x"}
            address = endless.get(path, path.replace("{", "").replace("}", ""))
            if "security" not in item[method]:
                open_calls.add(path)
                continue
            service.refused(service.http.request(method, address), 401)
            if item[method]["security"][0]["key"] == []:  # any key will do
                for key in keys.values():
                    assert service.http.request(method, address, headers=bearer(key)).is_success
                continue
            [needed] = item[method]["security"][0]["key"]
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
                assert secret_of(key).encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("mode", "has_key", "status"), [("required", False, 401), ("off", True, 200)]
)
def test_the_setting_decides_whether_keys_are_asked_for(service, mode, has_key, status):
    if has_key:
        make(service, "admin")
    settings = service.settings.model_copy(update={"api_keys": mode})
    with TestClient(create_app(settings), base_url="http://localhost") as http:
        assert http.get("/v1/jobs").status_code == status


def test_while_there_is_no_room_a_prediction_is_refused_before_its_key_is_read(closed, monkeypatch):
    """So does `service/overload/early_refusals.py`, which sees the first bytes of a request."""
    service, _ = closed
    path = "/v1/models/champion/predictions"
    service.refused(service.http.post(path, content=b"x"), 401)
    monkeypatch.setattr(admission, "MAX_REQUESTS", 0)

    service.refused(service.http.post(path, content=b"x"), 429)


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("::1", False), ("192.0.2.1", True)]
)
def test_listening_to_others_without_keys_is_said_in_the_log(service, caplog, host, warned):
    settings = service.settings.model_copy(update={"host": host})
    with (
        caplog.at_level(logging.WARNING),
        TestClient(create_app(settings), base_url="http://localhost"),
    ):
        assert ("whoever reaches that address" in caplog.text) is warned
    caplog.clear()
    make(service, "admin")
    with (
        caplog.at_level(logging.WARNING),
        TestClient(create_app(settings), base_url="http://localhost"),
    ):
        assert "whoever reaches" not in caplog.text
