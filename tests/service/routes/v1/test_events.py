"""The stream of all jobs over a real socket: filtered, resumable, no burden to a server that stops."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent
from sqlalchemy import insert

from bakeoff import Client
from service.live import feed
from tests.service.conftest import served
from tests.service.keys import bearer, make
from workers.storage.api_keys import Scope
from workers.storage.database import open_database, transaction
from workers.storage.tables import Event


@contextmanager
def listening(address: str, path: str = "/v1/events", **request: Any) -> Iterator[Iterator[Any]]:
    """The events of a stream, which is open when this begins."""
    with (
        httpx.Client(base_url=address, timeout=60) as http,
        http.stream("GET", path, **request) as response,
    ):
        assert response.status_code == 200, response.read()
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["X-Accel-Buffering"] == "no"
        yield EventSource(response).iter_sse()


def enqueue(address: str, architecture: str = "cnn") -> str:
    with Client(address) as client:
        return str(client.create_job("digits", architecture, recipe={"epochs": 1})["id"])


def cancel(address: str, job_id: str) -> None:
    with Client(address) as client:
        client.cancel_job(job_id)


def add_epochs(service: Any, job_id: str, number: int, text: str) -> None:
    at = datetime.now(UTC)
    rows = [
        {
            "job_id": job_id,
            "token": 1,
            "kind": "epoch",
            "data": {"epoch": n, "text": text},
            "at": at,
        }
        for n in range(number)
    ]
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        session.execute(insert(Event), rows)


def summary(event: ServerSentEvent) -> tuple[str, str]:
    data = json.loads(event.data)
    return data["job_id"], data["status"]


def test_what_happens_comes_as_it_happens(empty_address: str) -> None:
    with listening(empty_address) as events:
        ready = next(events)
        assert (ready.event, ready.id) == ("ready", "0")
        job_id = enqueue(empty_address)
        created = next(events)
        assert summary(created) == (job_id, "queued")
        assert json.loads(created.data)["comparison_ids"] == []
        assert json.loads(created.data)["at"].endswith("Z")
        cancel(empty_address, job_id)
        assert summary(next(events)) == (job_id, "cancelled")


@pytest.mark.parametrize("way", ["header", "query", "both"])
def test_a_stream_goes_on_after_an_event(empty_address: str, way: str) -> None:
    jobs = [enqueue(empty_address) for _ in range(3)]
    request: dict[str, Any] = {"header": {}, "query": {"params": {"after": 1}}}.get(
        way, {"params": {"after": 0}}
    )
    if way != "query":
        request["headers"] = {"Last-Event-ID": "1"}

    with listening(empty_address, **request) as events:
        assert [summary(next(events)) for _ in jobs[1:]] == [(job, "queued") for job in jobs[1:]]
        assert (ready := next(events)).event == "ready"
        assert ready.id == "3"


def test_filters_choose_jobs_comparisons_and_kinds(trained: Any, address: str) -> None:
    comparison = trained.http.get("/v1/comparisons/latest").json()
    job_id = comparison["jobs"][0]["id"]

    def told(**filters: Any) -> list[Any]:
        with listening(address, params={"after": 0, **filters}) as events:
            found = []
            while (event := next(events)).event != "ready":
                found.append((event.event, json.loads(event.data)))
            return found

    of_comparison = told(comparison=comparison["id"])
    assert {data["job_id"] for _, data in of_comparison} == {
        job["id"] for job in comparison["jobs"]
    }
    assert all(data["comparison_ids"] == [comparison["id"]] for _, data in of_comparison)
    assert told(comparison="latest") == of_comparison
    of_job = told(job=job_id)
    assert of_job == [(kind, data) for kind, data in of_comparison if data["job_id"] == job_id]
    epochs = told(job=[job_id, comparison["jobs"][1]["id"]], kind=["epoch"])
    assert [kind for kind, _ in epochs] == ["epoch"] * 4
    assert "validation_accuracy" in epochs[0][1]
    assert told(job=job_id, kind="fallback") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"job": "nothing"}, 404),
        ({"job": "a b"}, 422),
        ({"job": ["x"] * 201}, 422),
        ({"comparison": "nothing"}, 404),
        ({"comparison": "x" * 100}, 422),
        ({"kind": "epochs"}, 422),
        ({"after": "-1"}, 422),
        ({"after": "9" * 30}, 422),
        ({"after": "soon"}, 422),
    ],
)
def test_a_stream_of_what_is_not_there_is_refused(
    untouched: Any, query: dict[str, Any], status: int
) -> None:
    untouched.refused(untouched.http.get("/v1/events", params=query), status)


@pytest.mark.parametrize("last", ["x", "-1", "9" * 30, "1.5"])
def test_a_last_event_id_that_no_stream_gave_is_refused(untouched: Any, last: str) -> None:
    answer = untouched.http.get("/v1/events", headers={"Last-Event-ID": last})

    untouched.refused(answer, 422)


@contextmanager
def not_reading(address: str) -> Iterator[socket.socket]:
    """A client that has asked for the stream, with small buffers."""
    with socket.socket() as client:
        client.settimeout(60)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", int(address.rpartition(":")[2])))
        client.sendall(b"GET /v1/events?after=1 HTTP/1.0\r\n\r\n")
        yield client


def test_a_client_that_does_not_read_holds_nobody_up_and_misses_nothing(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, text = 2000, "x" * 4000  # more than the buffers of both ends
    monkeypatch.setattr(feed, "NUM_KEPT", 100)
    with ExitStack() as sockets, served(service.settings) as address:
        job_id = enqueue(address)
        slow, _ = (sockets.enter_context(not_reading(address)) for _ in range(2))
        received = bytearray(slow.recv(16))
        with listening(address) as events:
            ready = next(events)
            add_epochs(service, job_id, number, text)
            quick = [int(next(events).id) for _ in range(number)]
        while not received[-40:].rstrip().endswith(b"\nid: %d" % quick[-1]):
            received += slow.recv(2**20)
        # It has stopped, while the other client still has not read.
    slow_ids = [int(found) for found in re.findall(rb"\nid: (\d+)", received)]

    assert ready.id == "1"
    assert quick == [*range(2, number + 2)]
    assert slow_ids == [int(ready.id), *quick]


def test_a_key_is_asked_for_as_everywhere(service: Any) -> None:
    key = make(service, Scope.READ)
    with served(service.settings) as address:
        assert httpx.get(f"{address}/v1/events").status_code == 401
        with listening(address, headers=bearer(key.key)) as events:
            assert next(events).event == "ready"


def test_a_server_that_stops_is_not_held_up_and_a_listener_misses_nothing(
    service: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A stream breaks rather than ends: the end of a job's stream says that the job has ended."""
    with ExitStack() as listeners:
        with served(service.settings) as address:
            job_id = enqueue(address)
            of_job = listeners.enter_context(listening(address, f"/v1/jobs/{job_id}/events"))
            of_all = listeners.enter_context(listening(address))
            first, ready = next(of_job), next(of_all)
            assert ready.event == "ready"
            second_id = enqueue(address)
            last = next(of_all)
            assert summary(last) == (second_id, "queued")
        # It has stopped, without a client having hung up.
        for events in (of_job, of_all):
            with pytest.raises(httpx.RemoteProtocolError):
                next(events)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []

    with served(service.settings) as address:
        cancel(address, job_id)
        header = {"Last-Event-ID": last.id}
        with listening(address, headers=header) as events:
            assert summary(next(events)) == (job_id, "cancelled")
            assert next(events).event == "ready"
        header = {"Last-Event-ID": first.id}
        with listening(address, f"/v1/jobs/{job_id}/events", headers=header) as events:
            assert [json.loads(event.data)["status"] for event in events] == ["cancelled"]
