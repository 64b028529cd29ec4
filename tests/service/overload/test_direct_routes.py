"""The direct way to the predictions: the same answers and refusals as FastAPI's way."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI, Header
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, example, given, settings
from starlette.routing import Match
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.app import create_app
from service.inference.bodies.limits import MAX_BYTES
from service.overload import direct_routes
from service.overload.direct_routes import ENDPOINTS, DirectRoute
from service.overload.server import Server
from tests.service.overload.generated_requests import INFERENCE, ROWS, TEMPLATES, requests


@dataclass
class Ways:
    """Two services for one installation, without and with the direct routes, on one event loop."""

    runner: asyncio.Runner
    usual: FastAPI
    direct: FastAPI

    def answers(self, request: dict[str, Any]) -> list[tuple[int, dict[str, str], Any]]:
        """What each of them answers: status, headers and body, without what differs each time."""
        return [self.runner.run(answer(app, **request)) for app in (self.usual, self.direct)]


@pytest.fixture(scope="module")
def ways(trained):
    usual, direct = create_app(trained.settings), create_app(trained.settings)
    direct_routes.install(Server(direct, HttpToolsProtocol, []))
    with asyncio.Runner() as runner:
        yield Ways(runner, usual, direct)
    for app in (usual, direct):
        app.state.resolver.close()


def scope_of(method, path, query, headers):
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 1),
        "root_path": "",
        "method": method,
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query,
        "headers": [(b"host", b"127.0.0.1"), *headers],
    }


async def answer(app, method, path, query, headers, body):
    """Ask as uvicorn would: no more body than was stated, and a disconnect where it is less."""
    stated = dict(headers).get(b"content-length", b"")
    length = int(stated) if stated.isdigit() else len(body)
    messages = [{"type": "http.request", "body": body[:length], "more_body": length > len(body)}]
    sent = []

    async def receive():
        if messages:
            return messages.pop(0)
        if length <= len(body):
            await asyncio.Future()  # the client waits for its answer
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope_of(method, path, query, headers), receive, send)
    [start, *parts] = sent
    names = {name.decode(): value.decode() for name, value in start["headers"]}
    assert names.pop("x-request-id")
    document = json.loads(b"".join(part["body"] for part in parts) or b"null")
    if isinstance(document, dict) and document.pop("latency_ms", None):
        assert names.pop("server-timing")
        names.pop("content-length")
    return start["status"], names, document


def plain(path, body=INFERENCE, **changed):
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    whole = {"method": "POST", "path": path, "query": b"", "headers": headers, "body": body}
    return whole | changed


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(requests())
@example(plain("/v1/models/champion/predictions", ROWS))
@example(plain("/v2/models/champion/infer"))
@example(plain("/v2/models/champion/versions/1/infer"))
@example(plain("/v2/models/champion/versions/007/infer"))
@example(plain("/v2/models/champion/versions/007/infer", query=b"x=1"))
@example(plain("/v2/models/champion/infer", headers=[(b"content-length", b"33554433")]))
@example(plain("/v2/models/champion/infer", headers=[]))
@example(plain("/v2/models/champion/infer/"))
@example(plain("/v2/models/champion/infer", method="HEAD"))
@example(plain("/v2/models/cham%70ion/infer"))
def test_both_ways_give_the_same_answer(ways, request):
    usual, direct = ways.answers(request)

    assert direct == usual
    assert usual[0] < 500


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_plain_request_goes_directly_to_each_endpoint_and_is_answered(ways, name):
    body = ROWS if name == "predict" else INFERENCE
    request = plain(TEMPLATES[name].format("champion", 1), body)
    scope = scope_of(*(request[key] for key in ("method", "path", "query", "headers")))

    taken = [route.matches(dict(scope))[0] for route in ways.direct.router.routes[:3]]

    assert taken.count(Match.FULL) == 1
    assert [status for status, _, _ in ways.answers(request)] == [200, 200]


def test_every_endpoint_of_a_direct_route_has_a_path_that_is_tried_here(ways):
    paths = {context.name: context.path for context in iter_route_contexts(ways.usual.routes)}

    assert set(TEMPLATES) == set(ENDPOINTS)
    for name, template in TEMPLATES.items():
        assert paths[name].count("{") == template.count("{")


def test_an_endpoint_that_takes_more_has_no_direct_route():
    app = FastAPI()

    @app.post("/x")
    async def takes_a_header(x: str = Header()):
        return x

    routes = {route.name: route for route in iter_route_contexts(app.routes)}
    with pytest.raises(TypeError, match="takes more"):
        DirectRoute(routes["takes_a_header"])


@pytest.mark.parametrize("body", [b"x" * (MAX_BYTES + 1), iter([b"x" * 1024**2] * 33)])
def test_a_body_over_the_limit_is_refused_whether_or_not_its_length_is_stated(address, body):
    answer = httpx.post(f"{address}/v1/models/champion/predictions", content=body, timeout=60)

    assert answer.status_code == 413
    assert "33,554,432 bytes" in answer.json()["detail"]


@pytest.mark.parametrize("version", ["first", "0", "007", "9" * 60])
def test_a_malformed_version_is_refused_as_the_documentation_says(trained, version):
    path = f"/v2/models/champion/versions/{version}/infer"

    assert "version" in trained.refused(trained.http.post(path, content=INFERENCE), 422)
