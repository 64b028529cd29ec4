"""Clients that send slowly, without end or nothing, over real sockets; the service has little patience."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from service.connections import bounded_requests
from tests.service.conftest import served

PATIENCE = 0.3
HEAD = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def impatient(trained) -> Iterator[tuple[str, int]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded_requests, "PATIENCE_SECONDS", PATIENCE)
        patch.setattr(bounded_requests, "MIN_BODY_BYTES", 100)
        with served(trained.settings) as address:
            host, _, port = address.removeprefix("http://").partition(":")
            yield host, int(port)


@contextmanager
def connected(address: tuple[str, int]) -> Iterator[socket.socket]:
    with socket.create_connection(address, timeout=60) as client:
        yield client


def received(client: socket.socket) -> bytes:
    """All that the service sends until it closes the connection."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def drip(client: socket.socket, piece: bytes) -> bytes:
    """Send a piece every few milliseconds until the service ends it; what it said."""
    said = b""
    client.settimeout(0.02)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            client.sendall(piece)
            if not (answer := client.recv(65536)):
                return said
            said += answer
        except TimeoutError:
            continue
        except ConnectionError:
            return said
    raise AssertionError("the service goes on listening")


def test_who_connects_and_says_nothing_is_told_and_closed(impatient):
    with connected(impatient) as client:
        assert received(client).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    ("begun", "piece"),
    [(HEAD, b"X-Slow: 1\r\n"), (b"", b"\r\n"), (HEAD + b"X-Slow: ", b"a")],
    ids=["one header after the other", "empty lines", "a header without end"],
)
def test_a_head_that_never_ends_is_refused(impatient, begun, piece):
    with connected(impatient) as client:
        client.sendall(begun)
        assert b"408" in drip(client, piece)[:20]


def test_a_head_larger_than_any_is_refused_at_once(impatient):
    with connected(impatient) as client:
        client.sendall(HEAD + b"X-Large: " + b"a" * 2 * bounded_requests.MAX_HEAD_BYTES)
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    ("length", "piece"),
    [(b"Content-Length: 1000000", b"a"), (b"Transfer-Encoding: chunked", b"1\r\na\r\n")],
    ids=["of a stated length", "in chunks"],
)
def test_a_body_that_comes_too_slowly_is_refused(impatient, length, piece):
    with connected(impatient) as client:
        client.sendall(POST + length + b"\r\n\r\n")
        assert b"408" in drip(client, piece)[:20]


def test_a_connection_stays_open_as_long_as_requests_come(impatient):
    with connected(impatient) as client:
        until = time.monotonic() + 4 * PATIENCE
        answered = 0
        while time.monotonic() < until:
            client.sendall(HEAD + b"\r\n")
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
            answered += 1
    assert answered > 4


def test_a_stream_of_events_is_not_taken_for_a_slow_request(impatient):
    with connected(impatient) as client:
        client.sendall(b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        client.settimeout(4 * PATIENCE)
        with pytest.raises(TimeoutError):  # it is silent, and open
            received(client)
