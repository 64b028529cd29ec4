"""What a request may carry that is meant for somebody else: headers, addresses, markup, paths."""

import hmac
import socket
from typing import Any

import pytest

from tests.service.keys import bearer, make

BREAK = "%0d%0aX-Injected:%201"
#: Of the description of the API: words for a place that a server would be sent to.
PLACES = ("url", "uri", "href", "link", "endpoint", "webhook", "callback", "host", "mirror")
#: For an architecture, a dataset, an alias, weights: nothing is looked up at such a place.
ADDRESSES = [
    "http://169.254.169.254/latest/meta-data",
    "hf-hub:somebody/something",
    "s3://bucket/file",
    "file:///etc/passwd",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
]


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/jobs/{BREAK}",
        f"/v1/jobs/a{BREAK}/",
        f"/{BREAK}/",
        f"/v1/datasets/digits{BREAK}",
        f"/v1/models/latest/weights?format={BREAK}",
        f"/v1/models/latest{BREAK}/bundle",
        f"/dashboard/{BREAK}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
def test_a_line_break_in_an_address_makes_no_header(address: str, method: str, path: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    head = answer.partition(b"\r\n\r\n")[0].lower()

    assert head.startswith(b"http/1.1 ")
    assert b"\r\nx-injected" not in head


def test_no_field_of_a_request_is_an_address(untouched: Any) -> None:
    description = untouched.http.get("/openapi.json").json()
    names = set()
    for item in description["paths"].values():
        for operation in item.values():
            names |= {parameter["name"] for parameter in operation.get("parameters", [])}
            for content in operation.get("requestBody", {}).get("content", {}).values():
                names |= _fields(content["schema"], description)

    assert "dataset" in names
    assert not [name for name in names if any(place in name.lower() for place in PLACES)]


def _fields(
    schema: Any, description: dict[str, Any], seen: frozenset[str] = frozenset()
) -> set[str]:
    """The names of all fields below a schema."""
    if isinstance(schema, list):
        return set().union(*(_fields(part, description, seen) for part in schema))
    if not isinstance(schema, dict):
        return set()
    reference = schema.get("$ref", "")
    if reference and reference not in seen:
        named = description["components"]["schemas"][reference.rpartition("/")[2]]
        return _fields(named, description, seen | {reference})
    below = [
        _fields(part, description, seen) for name, part in schema.items() if name != "examples"
    ]
    return set(schema.get("properties", {})).union(*below)


@pytest.mark.parametrize("where", ADDRESSES)
def test_a_name_that_is_an_address_is_refused(untouched: Any, where: str) -> None:
    job = {"dataset": "digits", "architecture": "timm/resnet18", "recipe": {"epochs": 1}}
    pretrained = {**job, "options": {"pretrained": where}}

    for wrong in ({"dataset": where}, {"architecture": where}, {"architecture": f"timm/{where}"}):
        untouched.refused(untouched.http.post("/v1/jobs", json={**job, **wrong}), 422)
    untouched.refused(untouched.http.post("/v1/jobs", json=pretrained), 422)
    for path in (f"/v1/weights/{where}", f"/v1/datasets/{where}/fetch"):
        method = "PUT" if "weights" in path else "POST"
        assert untouched.http.request(method, path, content=b"x").status_code in {
            404,
            405,
            415,
            422,
        }


def test_a_secret_is_compared_in_a_time_that_tells_nothing(
    service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make(service, "read").key
    compared: list[tuple[str, str]] = []
    compare = hmac.compare_digest

    def noted(first: str, second: str) -> bool:
        compared.append((first, second))
        return compare(first, second)

    monkeypatch.setattr(hmac, "compare_digest", noted)

    assert service.http.get("/v1/jobs", headers=bearer(f"{key[:-1]}!")).status_code == 401
    assert service.http.get("/v1/jobs", headers=bearer(key)).status_code == 200
    assert {len(text) for pair in compared for text in pair} == {64}  # digests, never the secrets
    assert key not in str(compared)
