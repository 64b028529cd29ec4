"""HEAD and OPTIONS at every address, and the methods that an address has."""

import pytest

ADDRESSES = [
    "/",
    "/docs",
    "/openapi.json",
    "/health/live",
    "/v1/datasets",
    "/v1/models/latest/weights",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_head_is_that_of_get(trained, address):
    got = trained.http.get(address, headers={"Accept-Encoding": "identity"})
    head = trained.http.head(address, headers={"Accept-Encoding": "identity"})

    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag"):
        assert head.headers.get(name) == got.headers.get(name)


def test_the_head_of_a_stream_that_does_not_end_is_answered_at_once(trained):
    head = trained.http.head("/v1/events")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"].startswith("text/event-stream")


def test_the_head_of_what_is_not_there_says_so(untouched):
    assert untouched.http.head("/v1/jobs/nothing").status_code == 404
    assert untouched.http.head("/v1/nothing").status_code == 404


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/v1/jobs", "GET, HEAD, POST, OPTIONS"),
        ("/v1/datasets/digits", "GET, HEAD, PUT, DELETE, OPTIONS"),
        ("/v1/comparisons/latest", "GET, HEAD, PATCH, DELETE, OPTIONS"),
        ("/v1/models/latest/predictions", "POST, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_and_refusals_name_every_method_of_an_address(untouched, address, allowed):
    answer = untouched.http.options(address)
    assert (answer.status_code, answer.headers["Allow"]) == (204, allowed)

    refused = untouched.http.request("TRACE", address)
    assert allowed in untouched.refused(refused, 405)
    assert refused.headers["Allow"] == allowed


def test_there_are_no_options_where_there_is_nothing(untouched):
    untouched.refused(untouched.http.options("/v1/nothing"), 404)
