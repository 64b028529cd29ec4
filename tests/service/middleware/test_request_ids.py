import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from tests.migrated import migrate
from workers.observability.request_context import NOBODY, current, set_current
from workers.queue import jobs
from workers.settings import Settings
from workers.storage.database import open_database, transaction

NEW = re.compile("[0-9a-f]{32}")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path, device="cpu")
    migrate(settings.resolved_database_url)
    app = create_app(settings)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as http:
        yield http
    open_database(settings.resolved_database_url).dispose()
    set_current(NOBODY)


@pytest.mark.parametrize("given", ["abc", "Root=1-67891233-abcdef", "f" * 128, "a+b/c=", "0.1:2@x"])
def test_the_id_of_the_client_comes_back(client: TestClient, given: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "f" * 129, "a b", 'a"b', "a\tb", "\u00e9", "a[b", "<script>"]
)
def test_another_id_is_replaced(client: TestClient, given: str) -> None:
    headers = [(b"X-Request-ID", given.encode("latin-1"))]
    answer = client.get("/health/live", headers=headers)
    assert NEW.fullmatch(answer.headers["X-Request-ID"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/jobs", 200),
        ("HEAD", "/v1/jobs", 200),
        ("OPTIONS", "/v1/jobs", 204),
        ("GET", "/v1/jobs/none", 404),
        ("POST", "/v1/jobs", 422),
        ("GET", "/nothing", 404),
    ],
)
def test_every_answer_has_one(client: TestClient, method: str, path: str, status: int) -> None:
    answers = [client.request(method, path) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    assert len({NEW.fullmatch(answer.headers["X-Request-ID"])[0] for answer in answers}) == 2  # type: ignore[index]


def test_an_internal_error_has_it_in_its_answer_and_in_its_log_line(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(jobs, "find", fail)
    monkeypatch.setattr(
        logging.getLogger("service.errors"),
        "error",
        lambda *_, **__: seen.append(current().request_id),
    )
    answer = client.get("/v1/jobs", headers={"X-Request-ID": "mine"})
    assert (answer.status_code, answer.headers["X-Request-ID"], seen) == (500, "mine", ["mine"])


def test_a_job_is_stored_with_the_request_that_asked_for_it(client: TestClient) -> None:
    made = client.post("/v1/datasets/digits/fetch", json={}, headers={"X-Request-ID": "mine"})
    assert made.json()["request_id"] == "mine"
    assert client.get(f"/v1/jobs/{made.json()['id']}").json()["request_id"] == "mine"
    with transaction(client.app.state.database, read_only=True) as session:  # type: ignore[attr-defined]
        assert jobs.get(session, made.json()["id"]).traceparent is None
