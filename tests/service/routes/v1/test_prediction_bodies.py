"""Bodies without an image are refused, and the refusal says what is accepted."""

import base64

import pytest

from tests.service.routes.v1.predicting import URL, post


@pytest.mark.parametrize(
    "content",
    [b"hello", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"GIF89a\x01\x00\x01\x00", b"<svg/>"],
)
def test_what_is_no_image_is_refused_and_the_accepted_formats_are_named(trained, content):
    assert "PNG, JPEG, WEBP" in trained.refused(post(trained, content), 422)


def test_an_empty_body_is_called_empty(trained):
    refusal = trained.refused(post(trained, b""), 422)

    assert "the body is empty" in refusal
    assert "an image file" in refusal


def test_a_truncated_image_is_refused(trained, png):
    whole = png(200, 200, "RGB", "JPEG")

    trained.refused(post(trained, whole[: len(whole) // 2]), 422)


def test_a_hundred_megapixels_are_refused_before_they_are_decoded(trained, png):
    content = png(10_000, 10_000)
    assert len(content) < 1024**2

    sentence = trained.refused(post(trained, content), 422)

    assert "10000×10000" in sentence
    assert "64,000,000" in sentence


def test_a_body_over_the_limit_is_cut_off(trained):
    assert "bytes" in trained.refused(post(trained, b"\0" * (33 * 1024**2)), 413)
    files = [("images", ("a.png", b"\0" * (33 * 1024**2)))]
    trained.refused(trained.http.post(URL, files=files), 413)


def test_a_large_file_in_a_form_leaves_nothing_open(trained, png):
    files = [("images", ("a.bmp", png(1500, 1500, "RGB", "BMP")))]

    assert trained.http.post(URL, files=files).status_code == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "instances"),
        ({"images": []}, "no image"),
        ({"images": "x"}, "images"),
        ({"images": ["%%%"]}, "base64"),
        ({"images": [7]}, "base64"),
        ({"images": ["aGVsbG8="]}, "PNG, JPEG, WEBP"),
        ({"image": []}, "images"),
        ({"images": [], "instances": []}, "images"),
        ({"instances": []}, "no image"),
        ({"instances": [7]}, "H×W"),
        ({"instances": [[]]}, "H×W"),
        ({"instances": [[[]]]}, "H×W"),
        ({"instances": [[1, 2, 3]]}, "H×W"),
        ({"instances": [[[1, 2], [3]]]}, "H×W"),
        ({"instances": [[[1, "x"]]]}, "hold other things"),
        ({"instances": [[[1, None]]]}, "hold other things"),
        ({"instances": [[[1, 256]]]}, "0 to 255"),
        ({"instances": [[[1, -1]]]}, "0 to 255"),
        ({"instances": [[[1, 1e300]]]}, "0 to 255"),
        ({"instances": [[[[1, 2]]]]}, "H×W×3"),
        ({"instances": [[[0, 1]]] * 300}, "256"),
        ([], "instances"),
        (7, "instances"),
    ],
)
def test_a_bad_json_body_is_refused_with_what_is_accepted(trained, body, said):
    answer = trained.http.post(URL, json=body)

    assert answer.status_code in {413, 422}
    assert said in trained.refused(answer, answer.status_code)


@pytest.mark.parametrize(
    "content",
    [
        *(b"{", b'{"instances": [[[NaN]]]}', b'{"images": ["\\ud800"]}', b"[" * 100_000, b"\xff"),
        b'{"instances": [[[1' + b"0" * 400 + b"]]]}",
    ],
)
def test_json_made_to_break_a_parser_is_refused(trained, content):
    trained.refused(post(trained, content, "application/json"), 422)


@pytest.mark.parametrize("content_type", ["text/plain", "application/pdf", "multipart/mixed"])
def test_another_content_type_is_refused_and_the_accepted_are_named(trained, png, content_type):
    sentence = trained.refused(post(trained, png(), content_type), 415)

    assert "multipart/form-data" in sentence


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_broken_form_is_refused(trained, content_type):
    trained.refused(post(trained, b"--y\r\nnonsense", content_type), 422)


def test_a_form_without_files_is_refused(trained):
    answer = trained.http.post(URL, data={"images": "text"}, files=[("x", ("", b""))])

    trained.refused(answer, 422)


def test_too_many_files_are_refused(trained, png):
    files = [("images", (f"{n}.png", png())) for n in range(257)]
    answer = trained.http.post(URL, files=files)

    assert answer.status_code in {413, 422}
    assert "256" in trained.refused(answer, answer.status_code)


def test_the_file_that_is_no_image_is_named(trained, png):
    files = [("images", ("good.png", png())), ("images", ("bad.png", b"nonsense"))]

    assert "bad.png" in trained.refused(trained.http.post(URL, files=files), 422)


def test_a_data_url_is_an_image_for_v1_and_v2(trained, png):
    text = base64.b64encode(png(8, 8)).decode()
    [plain, url] = [
        trained.http.post(URL, json={"images": [written]}).json()["predictions"]
        for written in (text, f"data:image/png;base64,{text}")
    ]
    assert url == plain

    tensor = {"name": "images", "datatype": "BYTES", "shape": [1]}
    answers = [
        trained.http.post(
            "/v2/models/latest/infer", json={"inputs": [{**tensor, "data": [written]}]}
        )
        for written in (text, f"data:image/png;base64,{text}")
    ]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].json() == answers[1].json()


def test_images_and_instances_together_are_refused_as_both(trained):
    refusal = trained.refused(trained.http.post(URL, json={"images": [], "instances": []}), 422)

    assert "both 'images' and 'instances'" in refusal
