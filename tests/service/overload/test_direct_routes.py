"""The direct way to the predictions: the same answers and refusals as FastAPI's way."""

import pytest

PATH = "/v1/models/champion/predictions"
HEADERS = {"Content-Type": "image/png"}


def test_both_ways_give_the_same_answer(trained, png):
    directly = trained.http.post(PATH, content=png(), headers=HEADERS)
    with_wishes = trained.http.post(f"{PATH}?top_k=3", content=png(), headers=HEADERS)
    in_pieces = trained.http.post(PATH, content=iter([png()[:50], png()[50:]]), headers=HEADERS)

    assert "Content-Length" not in in_pieces.request.headers
    documents = [one.json() for one in (directly, with_wishes, in_pieces)]
    for one in documents:
        assert set(one.pop("latency_ms")) == {"decode", "queue", "forward", "total"}
    assert documents[0] == documents[1] == documents[2]


@pytest.mark.parametrize("body", [b"x" * (32 * 1024**2 + 1), iter([b"x" * 1024**2] * 33)])
def test_both_ways_refuse_what_is_too_large(trained, body):
    answer = trained.http.post(PATH, content=body, headers=HEADERS)

    assert "33,554,432 bytes" in trained.refused(answer, 413)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/models/nobody/predictions", 404),
        ("/v1/models/%00/predictions", 422),
        ("/v1/models/champion/predictions?top_k=0", 422),
    ],
)
def test_what_is_no_model_and_no_wish_is_refused(trained, png, path, status):
    assert trained.refused(trained.http.post(path, content=png(), headers=HEADERS), status)


@pytest.mark.parametrize("version", ["first", "0", "9" * 60])
def test_what_is_no_version_is_refused(trained, version):
    body = {"inputs": [{"name": "images", "datatype": "UINT8", "shape": [1, 1], "data": [0]}]}
    path = f"/v2/models/champion/versions/{version}/infer"
    assert "has no version" in trained.refused(trained.http.post(path, json=body), 404)


def test_another_method_is_refused(trained):
    assert trained.http.get(PATH).status_code == 405
