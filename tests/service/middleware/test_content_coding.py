"""Bodies that a client has compressed are taken everywhere, within the limits of each route."""

import gzip
import itertools
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

JOB = {"dataset": "digits", "architecture": "cnn", "recipe": {"epochs": 1}}
PACKED = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}


def posted(service, content, coding, path="/v1/jobs"):
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    return service.http.post(path, content=content, headers=headers)


@pytest.mark.parametrize("coding", PACKED)
def test_a_packed_body_is_what_it_was_before(service, coding):
    answer = posted(service, PACKED[coding](json.dumps(JOB).encode()), coding)

    assert answer.status_code == 202, answer.text
    assert answer.json()["architecture"] == "cnn"


@given(cuts=st.lists(st.integers(0, 400), max_size=5), level=st.integers(0, 9))
def test_a_body_may_arrive_in_any_pieces(untouched, cuts, level):
    packed = gzip.compress(json.dumps({**JOB, "architecture": "cnm"}).encode(), level)
    places = sorted({0, len(packed), *(cut for cut in cuts if cut < len(packed))})
    pieces = [packed[first:last] for first, last in itertools.pairwise(places)]

    answer = posted(untouched, iter(pieces), "gzip")

    assert "did you mean 'cnn'?" in untouched.refused(answer, 422)


@pytest.mark.parametrize("size", [64 * 1024, 64 * 1024 + 1, 200_000])
def test_long_bodies_arrive_whole(untouched, size):
    body = json.dumps({**JOB, "architecture": "x" * size}).encode()

    plain = untouched.http.post(
        "/v1/jobs", content=body, headers={"Content-Type": "application/json"}
    )

    assert posted(untouched, gzip.compress(body), "gzip").json() == plain.json()


def test_a_bomb_is_refused_before_it_is_unpacked(untouched):
    bomb = gzip.compress(b" " * 64 * 1024**2)

    assert "larger than the 1,048,576 bytes" in untouched.refused(
        posted(untouched, bomb, "gzip"), 413
    )


def test_an_image_may_be_packed(trained):
    image = trained.http.get("/v1/datasets/digits/images/test/0.png").content
    path = "/v1/models/latest/predictions"
    plain = trained.http.post(path, content=image, headers={"Content-Type": "image/png"})
    headers = {"Content-Type": "image/png", "Content-Encoding": "gzip"}

    packed = trained.http.post(path, content=gzip.compress(image), headers=headers)

    assert packed.json()["predictions"] == plain.json()["predictions"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{}", "the body is not gzip"),
        (gzip.compress(b"{}", mtime=0)[:-4], "ends too early"),
        (b"", "ends too early"),
        (gzip.compress(b"{}", mtime=0) + b"{}", "goes on after the end"),
    ],
)
def test_what_is_not_as_it_says_is_refused(untouched, content, reason):
    assert reason in untouched.refused(posted(untouched, content, "gzip"), 400)


def test_another_coding_is_refused_with_those_that_are_accepted(untouched):
    answer = posted(untouched, b"{}", "br")

    assert "take gzip or deflate" in untouched.refused(answer, 415)
    assert answer.headers["Accept-Encoding"] == "gzip, deflate"


def test_packed_requests_and_heads_are_counted_at_their_route(untouched):
    posted(untouched, gzip.compress(b"[]", mtime=0), "gzip")
    untouched.http.head("/v1/aliases")

    counted = untouched.http.get("/metrics").text
    assert 'method="POST",route="/v1/jobs",status="422"' in counted
    assert 'method="HEAD",route="/v1/aliases",status="200"' in counted
