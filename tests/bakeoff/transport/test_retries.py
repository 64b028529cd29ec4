"""Which requests are sent again, against a real server that fails."""

import threading
import time
from pathlib import Path

import pytest

from bakeoff import Client, RefusedError, UnreachableError
from bakeoff.transport import retries
from benchmarks.ports import free_port
from tests.bakeoff.unreliable import Answer, Drop, Hang, Unreliable

JOB = {"id": "4kx0c2mq7d1e"}


@pytest.fixture
def client(unreliable, monkeypatch):
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.01)
    with Client(unreliable.url, retries=2) as client:
        yield client


def refused(status: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"detail": "not now"}, named)


def test_a_question_is_asked_again_when_the_connection_breaks(unreliable, client):
    unreliable.script = [
        Drop(),
        Drop(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
        Answer(body=JOB),
    ]

    assert client.show_job("latest") == JOB
    assert [received.path for received in unreliable.received] == ["/v1/jobs/latest"] * 3


def test_a_job_that_is_sent_again_carries_the_same_key(unreliable, client):
    unreliable.script = [Drop(), Answer(body=JOB)]

    assert client.create_job("digits", "cnn") == JOB
    first, second = unreliable.received
    assert first.body == second.body
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_two_jobs_have_two_keys_unless_the_script_has_its_own(unreliable, client):
    for _ in range(2):
        client.create_job("digits", "cnn")
    client.create_job("digits", "cnn", idempotency_key="tuesday-1")

    keys = [received.headers["Idempotency-Key"] for received in unreliable.received]
    assert len(set(keys)) == 3
    assert keys[2] == "tuesday-1"


@pytest.mark.parametrize("arguments", [("create_key", "app", ["read"]), ("cancel_job", "latest")])
def test_what_must_not_arrive_twice_is_not_sent_again(unreliable, client, arguments):
    name, *rest = arguments
    unreliable.script = [Drop()]

    with pytest.raises(UnreachableError, match="broke"):
        getattr(client, name)(*rest)
    assert len(unreliable.received) == 1


def test_503_is_waited_for_only_where_the_request_may_arrive_twice(unreliable, client):
    unreliable.script = [refused(503, Retry_After="0"), Answer(body=JOB)]
    assert client.show_job("latest") == JOB

    unreliable.script = [refused(503, Retry_After="0")]
    with pytest.raises(RefusedError, match="not now"):
        client.create_key("app", ["read"])
    assert len(unreliable.received) == 3


def test_429_is_waited_for_by_every_request_as_long_as_it_says(unreliable, client):
    unreliable.script = [refused(429, Retry_After="1"), Answer(body={"key": "k"})]
    started = time.monotonic()

    assert client.create_key("app", ["read"]) == {"key": "k"}
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    "answer",
    [
        refused(429),
        refused(503),
        refused(429, Retry_After="3600"),
        refused(429, Retry_After="Fri, 27 Nov 2026 10:00:00 GMT"),
        refused(404, Retry_After="0"),
        refused(500, Retry_After="0"),
    ],
)
def test_a_refusal_that_names_no_near_time_is_final(unreliable, client, answer):
    unreliable.script = [answer]

    with pytest.raises(RefusedError) as error:
        client.show_job("latest")
    assert error.value.status == answer.status
    assert len(unreliable.received) == 1


def test_a_prediction_is_repeated_unless_it_has_a_timeout_of_its_own(unreliable, client):
    unreliable.script = [refused(429, Retry_After="0"), Answer(body={"predictions": []})]
    assert client.predict("latest", b"image") == {"predictions": []}
    first, second = unreliable.received
    assert b"image" in first.body
    assert b"image" in second.body

    unreliable.script = [refused(429, Retry_After="0")]
    with pytest.raises(RefusedError):
        client.predict("latest", b"image", timeout_ms=5)
    assert len(unreliable.received) == 3


def test_an_upload_is_sent_again_from_its_beginning(unreliable, client, tmp_path: Path):
    archive = tmp_path / "images.zip"
    archive.write_bytes(bytes(range(256)) * 10_000)
    unreliable.script = [Drop(), Answer(201, {"state": "ready"})]

    assert client.upload_dataset("mine", archive) == {"state": "ready"}
    assert [received.body for received in unreliable.received] == [archive.read_bytes()] * 2
    assert "Transfer-Encoding" not in unreliable.received[0].headers


def test_what_is_gone_after_a_lost_answer_was_deleted(unreliable, client):
    unreliable.script = [Drop(), refused(404)]
    client.delete_dataset("mine")

    unreliable.script = [refused(404)]
    with pytest.raises(RefusedError):
        client.delete_dataset("mine")


def test_the_attempts_are_counted(unreliable, client):
    unreliable.script = [refused(503, Retry_After="0")] * 3 + [Drop()] * 3

    with pytest.raises(RefusedError):
        client.show_job("latest")
    with pytest.raises(UnreachableError):
        client.show_job("latest")
    assert len(unreliable.received) == 6


def test_what_timed_out_is_not_sent_again(unreliable):
    unreliable.script = [Hang()]
    with (
        Client(unreliable.url, timeout=0.2) as client,
        pytest.raises(UnreachableError, match="time"),
    ):
        client.show_job("latest")
    assert len(unreliable.received) == 1


def test_any_request_waits_for_a_service_that_is_just_starting():
    port = free_port()
    servers: list[Unreliable] = []

    def start() -> None:
        servers.append(Unreliable(port))
        servers[0].__enter__()

    later = threading.Timer(0.4, start)
    later.start()
    try:
        with Client(f"http://127.0.0.1:{port}") as client:
            assert client.create_key("app", ["read"]) == {}
        assert len(servers[0].received) == 1
    finally:
        later.join()
        servers[0].__exit__()


def test_no_service_is_said_in_a_sentence_after_the_attempts():
    with Client("http://127.0.0.1:9", retries=0) as client:
        assert not client.is_ready()
        with pytest.raises(UnreachableError, match=r"no service answers at http://127.0.0.1:9"):
            client.list_architectures()


EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
CUT = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(text: str) -> bytes:
    return f"{len(text):x}\r\n{text}\r\n".encode()


def test_a_stream_goes_on_after_the_last_event_where_the_connection_breaks(unreliable, client):
    unreliable.script = [
        Drop(CUT + chunk("event: epoch\nid: 7\ndata: {}\n\n")),
        Drop(),
        Drop(EVENTS + b"event: status\nid: 8\ndata: {}\n\n"),
    ]

    assert [event.id for event in client.follow_job("latest", last_event_id=3)] == ["7", "8"]
    seen = [received.headers["Last-Event-ID"] for received in unreliable.received]
    assert seen == ["3", "7", "7"]


def test_a_stream_that_keeps_breaking_ends_in_an_error(unreliable, client):
    unreliable.script = [Drop()] * 3

    with pytest.raises(UnreachableError):
        list(client.follow_job("latest"))
    assert len(unreliable.received) == 3


def test_a_stream_that_has_no_end_goes_on_where_the_service_ends_it(unreliable, client):
    unreliable.script = [
        Drop(EVENTS + b"event: ready\nid: 7\ndata: {}\n\n"),
        Drop(EVENTS + b"event: status\nid: 8\ndata: {}\n\n"),
        Answer(418),
    ]
    events = client.follow_events(job=["a", "b"], kind=["status"])

    assert [next(events).id for _ in range(2)] == ["7", "8"]
    with pytest.raises(RefusedError):
        next(events)
    seen = [received.headers.get("Last-Event-ID") for received in unreliable.received]
    assert seen == [None, "7", "8"]
    assert {received.path for received in unreliable.received} == {
        "/v1/events?job=a&job=b&kind=status"
    }
