"""What clients of every kind get over a real socket: old ones, careful ones, and those with slashes."""

import json
import shutil
import socket
import subprocess
from urllib.parse import urlsplit

import httpx
import pytest

from tests.service.conftest import served
from tests.service.keys import make

MEBIBYTE = 1024**2


def connect(address):
    where = urlsplit(address)
    connection = socket.create_connection((where.hostname, where.port), timeout=30)
    return connection, f"{where.hostname}:{where.port}"


def asked(address, request, *, until=None):
    """What comes back for the bytes of a request, to the end of the connection or to `until`."""
    connection, host = connect(address)
    with connection:
        connection.sendall(request.replace("HOST", host).replace("\n", "\r\n").encode())
        received = b""
        while piece := connection.recv(65536):
            received += piece
            if until and until in received:
                break
        return received


def head_and_body(received):
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


def test_http_1_0_gets_a_whole_answer_and_the_end_of_the_connection(address):
    status, headers, body = head_and_body(asked(address, "GET /v1/engines HTTP/1.0\n\n"))

    assert (status, headers["connection"]) == (200, "close")
    assert "transfer-encoding" not in headers
    assert int(headers["content-length"]) == len(body)
    assert json.loads(body)


def test_http_1_0_gets_a_stream_without_chunks(address, trained):
    job = trained.http.get("/v1/jobs").json()["items"][0]["id"]  # ended: so does its stream
    received = asked(address, f"GET /v1/jobs/{job}/events HTTP/1.0\n\n")

    status, headers, body = head_and_body(received)
    assert status == 200
    assert "transfer-encoding" not in headers
    assert body.startswith((b"id:", b"event:", b"retry:"))
    assert body.endswith(b"\n\n")


@pytest.mark.parametrize("path", ["weights", "bundle"])
def test_http_1_0_downloads_and_resumes(address, path):
    whole = head_and_body(asked(address, f"GET /v1/models/champion/{path} HTTP/1.0\n\n"))
    rest = head_and_body(
        asked(address, f"GET /v1/models/champion/{path} HTTP/1.0\nRange: bytes=100-\n\n")
    )

    assert (whole[0], rest[0]) == (200, 206)
    assert rest[2] == whole[2][100:]


def test_http_1_0_is_sent_no_100_continue(address):
    received = asked(
        address,
        "POST /v1/comparisons/cost HTTP/1.0\nExpect: 100-continue\nContent-Type: application/json\n"
        "Content-Length: 2\n\n{}",
    )

    assert head_and_body(received)[0] == 422


def test_a_client_that_waits_is_told_to_go_on_where_its_body_is_wanted(address):
    request = (
        "POST /v1/models/champion/predictions HTTP/1.1\nHost: HOST\nContent-Type: image/png\n"
        "Content-Length: 100\nExpect: 100-continue\n\n"
    )

    assert asked(address, request, until=b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("PUT /v1/datasets/big", 413),
        ("PUT /v1/weights/big", 413),
        ("PUT /v1/datasets/big?sise=64", 422),
        ("PUT /v1/datasets/Not-A-Name", 422),
        ("PUT /v1/weights/Not%20A%20Name", 422),
        ("POST /v1/models/champion/predictions", 413),
        ("POST /v1/models/nothing/predictions", 413),
        ("POST /v2/models/champion/infer", 413),
        ("POST /v1/jobs", 413),
        ("POST /v1/nothing", 404),
        ("DELETE /v1/jobs", 405),
        ("POST /v1/jobs/", 307),
    ],
)
def test_a_client_that_waits_is_refused_before_it_sends_its_body(address, start, status):
    request = (
        f"{start} HTTP/1.1\nHost: HOST\nContent-Type: application/json\n"
        f"Content-Length: {3 * 1024 * MEBIBYTE}\nExpect: 100-continue\n\n"
    )

    received = asked(address, request, until=b"\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 %d " % status)


def test_a_client_that_waits_is_refused_before_it_sends_what_no_model_takes(address):
    request = (
        "POST /v1/models/nothing/predictions HTTP/1.1\nHost: HOST\nContent-Type: image/png\n"
        f"Content-Length: {10 * MEBIBYTE}\nExpect: 100-continue\n\n"
    )

    assert asked(address, request, until=b"\r\n\r\n").startswith(b"HTTP/1.1 404 ")


def test_a_client_without_a_key_is_refused_before_it_sends_its_body(service):
    make(service, "admin")
    request = "PUT /v1/datasets/big HTTP/1.1\nHost: HOST\nContent-Length: 9999999\nExpect: 100-continue\n\n"

    with served(service.settings) as address:
        assert asked(address, request, until=b"\r\n\r\n").startswith(b"HTTP/1.1 401 ")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_sends_nothing_of_an_upload_that_is_refused(service, tmp_path):
    small = service.settings.model_copy(update={"max_upload_bytes": MEBIBYTE})
    file = tmp_path / "file"
    file.write_bytes(bytes(8 * MEBIBYTE))
    with served(small) as address:
        command = ["curl", "-s", "-T", file, "-H", "Expect: 100-continue"]
        command += ["-w", "\n%{http_code} %{size_upload}"]
        ended = subprocess.run(
            [*command, f"{address}/v1/datasets/mine"], check=True, capture_output=True, text=True
        )  # fmt: skip

    assert ended.stdout.splitlines()[-1] == "413 0"


@pytest.mark.parametrize("accept", ["application/xml", "text/html;q=0", "nonsense", "*/*", ""])
def test_each_address_has_one_form_whatever_is_accepted(address, accept):
    answer = httpx.get(f"{address}/v1/engines", headers={"Accept": accept})

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("method", "path", "location"),
    [
        ("GET", "/v1/jobs/", "../jobs"),
        ("HEAD", "/v1/jobs/", "../jobs"),
        ("POST", "/v1/comparisons/?x=1&y=%2F", "../comparisons?x=1&y=%2F"),
        ("DELETE", "/v1/datasets/a%20b/", "../a%20b"),
        ("GET", "/docs/", "../docs"),
        ("POST", "/v2/models/champion/infer/", "../infer"),
        ("DELETE", "/v1/jobs/", "../jobs"),
        ("GET", "//", "../"),
    ],
)
def test_a_slash_too_many_leads_to_the_address_without(address, method, path, location):
    answer = httpx.request(method, f"{address}{path}")

    assert (answer.status_code, answer.headers["Location"]) == (307, location)


def test_whoever_follows_a_slash_too_many_keeps_method_and_body(address):
    answer = httpx.post(f"{address}/v1/comparisons/cost/", json=[], follow_redirects=True)

    assert (answer.status_code, answer.request.method) == (422, "POST")
    assert "JSON object" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/nothing/", "/v1/jobs//", "//example.org/", "/assets/"])
def test_a_slash_leads_nowhere_else(address, path):
    connection, host = connect(address)
    connection.close()
    received = asked(address, f"GET {path} HTTP/1.1\nHost: {host}\nConnection: close\n\n")

    assert head_and_body(received)[0] == 404
