"""Requests that break the Open Inference Protocol are refused, with what would be accepted."""

import gzip
import json
import zlib

import pytest


def infer(trained, document=None, *, content=None, name="champion", **headers):
    content = json.dumps(document).encode() if content is None else content
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return trained.http.post(f"/v2/models/{name}/infer", content=content, headers=named)


def images(**changed):
    whole = {"name": "images", "datatype": "UINT8", "shape": [1, 1, 8, 8], "data": [0] * 64}
    return {"inputs": [whole | changed]}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "inputs"),
        ([], "object"),
        ({"inputs": []}, "one element"),
        ({"inputs": [7]}, "object"),
        (images(name="x"), "'images'"),
        (images(datatype="FP8"), "datatype"),
        (images(datatype=[]), "datatype"),
        (images(shape=[1, 1, 8, 9]), "64 numbers"),
        (images(shape=[64]), "accepted is [-1, 1, 8, 8]"),
        (images(shape=[]), "shape"),
        (images(shape=[0, 1, 8, 8]), "shape"),
        (images(shape=[True, 1, 8, 8]), "shape"),
        (images(shape="x"), "shape"),
        (images(data=["x"] * 64), "numbers"),
        (images(data=None), "numbers"),
        (images(data=[[1], [2, 3]]), "uneven"),
        (images(data=[256] * 64), "0 to 255"),
        (images(data=[None] * 64), "0 to 255"),
        (images(parameters=7), "object"),
        (images(parameters={"binary_data_size": 64}), "binary_data_size"),
        (images(datatype="BYTES", shape=[1], data=["%"]), "base64"),
        (images(datatype="BYTES", shape=[1], data=["aGVsbG8="]), "not an image"),
        (images(datatype="BYTES", shape=[2], data=["aGVsbG8="]), "shape [1]"),
        ({**images(), "parameters": []}, "object"),
        ({**images(), "parameters": {"timeout": "x"}}, "timeout"),
        ({**images(), "outputs": [{"name": "x"}]}, "'probabilities'"),
        ({**images(), "outputs": 7}, "outputs"),
        (
            {
                **images(),
                "outputs": [{"name": "probabilities", "parameters": {"classification": "x"}}],
            },
            "classification",
        ),
    ],
)
def test_a_request_that_does_not_keep_to_the_protocol_is_refused_with_what_would(
    trained, document, said
):
    answer = infer(trained, document)

    assert answer.status_code in {400, 422}, answer.text
    assert said in trained.refused(answer, answer.status_code)


@pytest.mark.parametrize(
    ("content", "headers", "said"),
    [
        (b"{", {}, "JSON"),
        (b"[" * 100_000, {}, "JSON"),
        (b"{}", {"Inference_Header_Content_Length": "x"}, "number"),
        (b"{}", {"Inference_Header_Content_Length": "3"}, "2 bytes"),
        (b"{}", {"Inference_Header_Content_Length": "9" * 5000}, "number"),
        (b"{}", {"Content_Encoding": "gzip"}, "not gzip"),
        (gzip.compress(b"{}", mtime=0)[:-4], {"Content_Encoding": "gzip"}, "too early"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(trained, content, headers, said):
    assert said in trained.refused(infer(trained, content=content, **headers), 400)


def test_a_packed_body_is_bounded_by_what_it_unpacks_to(trained):
    bomb = zlib.compress(bytes(200 * 1024**2))

    trained.refused(infer(trained, content=bomb, Content_Encoding="deflate"), 413)


def test_more_images_than_a_request_may_hold_are_refused(trained):
    many = images(shape=[257, 1, 8, 8], data=[0] * 64 * 257)

    assert "256" in trained.refused(infer(trained, many), 413)


@pytest.mark.parametrize("rest", [b"\x05\x00", b"\x05\x00\x00\x00abc"])
def test_files_that_end_too_early_are_refused(trained, rest):
    document = json.dumps(
        images(datatype="BYTES", shape=[1], parameters={"binary_data_size": len(rest)})
    ).encode()

    answer = infer(
        trained,
        content=document + rest,
        Inference_Header_Content_Length=str(len(document)),
    )

    assert "BYTES" in trained.refused(answer, 400)
