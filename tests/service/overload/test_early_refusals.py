"""What is refused from its bytes, and what goes the usual way, against a real uvicorn."""

import asyncio
import re
import socket
import threading

import httpx
import pytest

from service.inference import admission
from service.inference.admission import AdmissionControl
from service.overload.early_refusals import Arrivals, is_whole_prediction

PATH = "/v1/models/champion/predictions"


def request(path=PATH, head=b"Content-Length: 4\r\n", body=b"body", method=b"POST"):
    return (
        method + b" " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n" + body
    )


@pytest.mark.parametrize(
    "path",
    [
        PATH,
        f"{PATH}?top_k=1",
        "/v1/comparisons/latest/predictions",
        "/v2/models/champion/infer",
        "/v2/models/champion/versions/2/infer",
    ],
)
def test_a_prediction_as_clients_send_it_is_known_by_its_bytes(path):
    assert is_whole_prediction(request(path))
    assert is_whole_prediction(
        request(path, b"connection: keep-alive\r\nACCEPT: */*\r\ncontent-length:4\r\n")
    )


def test_every_operation_that_predicts_is_known_by_its_bytes_and_no_other(trained):
    paths = trained.http.get("/openapi.json").json()["paths"]
    posted = [path for path, operations in paths.items() if "post" in operations]

    known = {path for path in posted if is_whole_prediction(request(re.sub(r"{.+?}", "x", path)))}

    assert known == {path for path in posted if path.endswith(("/predictions", "/infer"))}
    assert len(known) == 4


@pytest.mark.parametrize(
    "sent",
    [
        request(method=b"GET"),
        request("/v1/models/champion"),
        request("/v1/models/a/b/predictions"),
        request(body=b"bod"),
        request(body=b"body and the next"),
        request()[:20],
        request(head=b""),
        request(head=b"Content-Length: 4\r\nContent-Length: 4\r\n"),
        request(head=b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        request(head=b"Content-Length: 4\r\nExpect: 100-continue\r\n"),
        request(head=b"Content-Length: 4\r\nConnection: close\r\n"),
        request(head=b"Content-Length: 4\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"),
        request().replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"",
    ],
)
def test_anything_else_goes_the_usual_way(sent):
    assert not is_whole_prediction(sent)


@pytest.fixture
def full(monkeypatch):
    """No prediction is admitted."""
    monkeypatch.setattr(admission, "MAX_REQUESTS", 0)


@pytest.mark.usefixtures("full")
def test_a_refusal_says_the_same_either_way(address):
    """Head and body of a refusal from bytes are those of admission control's."""
    with httpx.Client(base_url=address) as client:
        from_bytes = client.post(PATH, content=b"body")
        usual = client.post(PATH, content=iter([b"bo", b"dy"]))  # chunked
    for answer in (from_bytes, usual):
        assert answer.status_code == 429
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert from_bytes.json() == usual.json()
    of_each = {"date": "", "x-request-id": ""}  # a refusal from bytes has no id
    assert {**from_bytes.headers, **of_each} == {**usual.headers, **of_each}


@pytest.mark.usefixtures("full")
def test_a_refused_connection_is_used_again(address, monkeypatch, png):
    with httpx.Client(base_url=address) as client:
        statuses = [client.post(PATH, content=png()).status_code for _ in range(3)]
        monkeypatch.setattr(admission, "MAX_REQUESTS", 1)
        statuses.append(client.post(PATH, content=png()).status_code)
        statuses.append(client.get("/health/live").status_code)
    assert statuses == [429, 429, 429, 200, 200]


@pytest.mark.usefixtures("full")
def test_the_rest_of_a_request_is_not_taken_for_another(address):
    """A body that looks like a prediction, sent after its head, is a body."""
    inner = request()
    head = request(head=b"Content-Length: %d\r\n" % len(inner), body=b"", path="/v1/comparisons")
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head)
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)  # it waits for the body
        connection.settimeout(20)
        connection.sendall(inner)
        answer = connection.recv(100_000)
    assert answer.startswith(b"HTTP/1.1 422")
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.usefixtures("full")
def test_refusals_are_counted(address):
    with httpx.Client(base_url=address) as client:
        before = refusals(client)
        client.post(PATH, content=b"body")
        assert refusals(client) == before + 1


def refusals(client):
    name = 'bakeoff_http_request_seconds_count{method="POST",route="unknown",status="429"}'
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


def test_many_clients_that_connect_at_once_are_all_answered(address):
    answers = []

    def ask():
        answers.append(httpx.get(f"{address}/health/live", timeout=60).status_code)

    threads = [threading.Thread(target=ask) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 64


def test_what_arrives_in_the_same_turn_counts_before_it_is_admitted(monkeypatch):
    monkeypatch.setattr(admission, "MAX_REQUESTS", 2)

    async def scenario():
        arrivals = Arrivals(AdmissionControl())
        for _ in range(2):
            assert arrivals.has_capacity_left()
            arrivals.add()
        assert not arrivals.has_capacity_left()
        await asyncio.sleep(0)
        assert arrivals.has_capacity_left()  # they were refused on the way, for want of a key

    asyncio.run(scenario())
