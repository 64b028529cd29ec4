"""Predictions over HTTP: every form of body, every kind of image, every latency stage."""

import asyncio
import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load
from sklearn.datasets import load_digits

from models import ImageShape, architectures

URL = "/v1/models/latest/predictions"


def post(service, content, content_type="image/png", **parameters):
    return service.http.post(
        URL, content=content, headers={"Content-Type": content_type}, params=parameters
    )


def encoded(image, file_format="PNG", **options):
    written = io.BytesIO()
    image.save(written, file_format, **options)
    return written.getvalue()


@pytest.fixture(scope="module")
def digit_images():
    pixels = (load_digits().images[1500:1532] * (255 / 16)).round().astype(np.uint8)
    return [Image.fromarray(one) for one in pixels]


def test_a_picture_is_classified_and_the_time_it_took_is_told(trained, png):
    answer = post(trained, png())

    assert answer.status_code == 200, answer.text
    body = answer.json()
    [prediction] = body["predictions"]
    assert prediction["label"] in "0123456789"
    assert prediction["notes"] == []
    assert len(prediction["top"]) == 3
    assert prediction["top"][0] == {
        "label": prediction["label"],
        "probability": prediction["probability"],
    }
    stages = body["latency_ms"]
    assert min(stages.values()) >= 0
    assert stages["decode"] + stages["queue"] + stages["forward"] <= stages["total"]
    for stage in stages:
        assert f"{stage};dur=" in answer.headers["Server-Timing"]
    assert (body["engine"], body["device"], body["batch_size"]) == ("onnxruntime", "cpu", 1)


def test_predictions_are_those_of_the_network_itself(trained, digit_images):
    model = trained.http.get("/v1/models/latest").json()
    network = architectures[model["architecture"]](
        ImageShape(**model["image_shape"]), 10, **model["options"]
    )
    network.load_state_dict(load(trained.http.get("/v1/models/latest/weights").content))
    train = (load_digits().images[:1500] * (255 / 16)).round() / 255
    files = [("images", (f"{n}.png", encoded(one))) for n, one in enumerate(digit_images)]

    answer = trained.http.post(URL, files=files, params={"top_k": 10}).json()

    assert answer["batch_size"] == 32
    pixels = torch.from_numpy(np.stack([np.asarray(one) for one in digit_images])) / 255
    mean, std = (
        train.mean(),
        train.std(),
    )  # over train and validation: near what it was trained with
    expected = network.eval()(((pixels - mean) / std).float().unsqueeze(1)).softmax(1)
    for prediction, row in zip(answer["predictions"], expected, strict=True):
        served = {one["label"]: one["probability"] for one in prediction["top"]}
        assert sum(served.values()) == pytest.approx(1, abs=1e-4)
        for label, probability in enumerate(row.tolist()):
            assert served[str(label)] == pytest.approx(probability, abs=0.05)


def test_the_same_picture_gives_the_same_answer_in_every_form(trained, digit_images):
    image = digit_images[0]
    forms = [
        post(trained, encoded(image)),
        post(trained, encoded(image), "application/octet-stream"),
        post(trained, encoded(image), "image/x-anything"),
        trained.http.post(URL, files=[("file", ("a.png", encoded(image)))]),
        trained.http.post(URL, json={"images": [base64.b64encode(encoded(image)).decode()]}),
        trained.http.post(URL, json={"instances": [np.asarray(image).tolist()]}),
        trained.http.post(URL, json={"instances": [np.asarray(image)[..., None].tolist()]}),
        trained.http.post(URL, content=encoded(image)),
    ]

    answers = [form.json()["predictions"][0] for form in forms]

    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "BMP"])
def test_every_accepted_format_is_read(trained, png, file_format):
    assert post(trained, png(file_format=file_format)).status_code == 200


def test_another_size_is_resized_and_it_is_said(trained, png):
    [prediction] = post(trained, png(512, 384)).json()["predictions"]

    assert "resized from 512×384 to 8×8" in prediction["notes"]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "1", "CMYK"])
def test_colour_palette_and_transparency_become_what_the_model_takes(trained, png, mode):
    file_format = "JPEG" if mode == "CMYK" else "PNG"

    assert post(trained, png(mode=mode, file_format=file_format)).status_code == 200


def test_sixteen_bits_are_scaled_to_eight(trained):
    eight = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    sixteen = Image.fromarray(eight.astype(np.uint16) * 257)

    wide = post(trained, encoded(sixteen)).json()["predictions"][0]
    narrow = post(trained, encoded(Image.fromarray(eight))).json()["predictions"][0]

    assert wide["probability"] == pytest.approx(narrow["probability"], abs=1e-3)
    assert wide["label"] == narrow["label"]


def test_the_orientation_of_a_photograph_is_followed(trained, digit_images):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise when shown
    lying = digit_images[3].transpose(Image.Transpose.ROTATE_90)

    turned = post(trained, encoded(lying, exif=exif)).json()["predictions"][0]
    upright = post(trained, encoded(digit_images[3])).json()["predictions"][0]

    assert turned["probability"] == pytest.approx(upright["probability"], abs=1e-6)


def test_transparency_is_laid_on_white(trained):
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    white = Image.new("L", (8, 8), 255)

    assert (
        post(trained, encoded(clear)).json()["predictions"][0]["top"]
        == post(trained, encoded(white)).json()["predictions"][0]["top"]
    )


def test_top_k_is_honoured_and_never_more_than_there_are(trained, png):
    assert len(post(trained, png(), top_k=1).json()["predictions"][0]["top"]) == 1
    assert len(post(trained, png(), top_k=100).json()["predictions"][0]["top"]) == 10
    assert "top_k" in trained.refused(post(trained, png(), top_k=0), 422)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"GIF89a\x01\x00\x01\x00", b"<svg/>"],
)
def test_what_is_no_image_is_refused_and_the_accepted_formats_are_named(trained, content):
    assert "PNG, JPEG, WEBP" in trained.refused(post(trained, content), 422)


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
        ({"instances": [[[1, "x"]]]}, "0 to 255"),
        ({"instances": [[[1, None]]]}, "0 to 255"),
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
    [b"{", b'{"instances": [[[NaN]]]}', b'{"images": ["\\ud800"]}', b"[" * 100_000, b"\xff"],
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


def test_no_model_is_a_404(service, png):
    for name in ("latest", "champion", "abc"):
        answer = service.http.post(f"/v1/models/{name}/predictions", content=png())
        assert "training" in service.refused(answer, 404)


def test_many_requests_at_once_get_each_their_own_answer(trained, digit_images):
    from concurrent.futures import ThreadPoolExecutor

    def classify(image):
        return post(trained, encoded(image)).json()["predictions"][0]

    alone = [classify(image) for image in digit_images]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(classify, digit_images))

    assert together == alone


def npy(array):
    written = io.BytesIO()
    np.save(written, array)
    return written.getvalue()


@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.int64])
def test_an_array_is_classified_in_each_of_its_orders_as_its_pictures_are(
    trained, digit_images, kind
):
    pixels = np.stack([np.asarray(one) for one in digit_images[:5]]).astype(kind)
    expected = [post(trained, encoded(one)).json()["predictions"][0] for one in digit_images[:5]]
    for array in (pixels, pixels[..., None], pixels[:, None], np.asfortranarray(pixels)):
        answer = post(trained, npy(array), "application/x-npy").json()
        assert [one["label"] for one in answer["predictions"]] == [one["label"] for one in expected]
        for served, alone in zip(answer["predictions"], expected, strict=True):
            assert served["probability"] == pytest.approx(alone["probability"], abs=1e-5)


def test_an_array_of_another_size_and_colour_is_made_to_fit_and_it_is_said(trained):
    answer = post(trained, npy(np.zeros((2, 30, 20, 3), np.uint8)), "application/octet-stream")

    for prediction in answer.json()["predictions"]:
        assert prediction["notes"] == ["colour turned to grey", "resized from 20×30 to 8×8"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (npy(np.zeros((8, 8), np.uint8)), "N×H×W"),
        (npy(np.zeros((1, 8, 8, 2), np.uint8)), "N×H×W"),
        (npy(np.zeros((0, 8, 8), np.uint8)), "no image"),
        (npy(np.zeros((1, 0, 8), np.uint8)), "N×H×W"),
        (npy(np.full((1, 8, 8), 256)), "0 to 255"),
        (npy(np.full((1, 8, 8), np.nan)), "0 to 255"),
        (npy(np.zeros((1, 8, 8), ">i4")), "little-endian"),
        (npy(np.zeros((1, 8, 8), complex)), "numbers"),
        (npy(np.zeros((1, 8, 8), np.uint8))[:-1], "damaged"),
        (npy(np.zeros((1, 8, 8), np.uint8)).replace(b"(1, 8, 8)", b"(9, 8, 8)"), "damaged"),
        (b"\x93NUMPY", "damaged"),
        (b"\x93NUMPY\x01\x00\x05\x00hello", "damaged"),
        (b"hello", "damaged"),
        (npy(np.zeros((257, 8, 8), np.uint8)), "256"),
    ],
)
def test_an_array_that_is_none_is_refused_with_what_is_accepted(trained, content, said):
    answer = post(trained, content, "application/x-npy")

    assert answer.status_code in {413, 422}
    assert said in trained.refused(answer, answer.status_code)


def test_an_array_of_objects_is_never_unpickled(trained):
    written = io.BytesIO()
    np.save(written, np.array([{"a": 1}], dtype=object), allow_pickle=True)

    trained.refused(post(trained, written.getvalue(), "application/x-npy"), 422)


def test_every_engine_says_the_same_and_is_named(trained, digit_images):
    engines = [one["name"] for one in trained.http.get("/v1/engines").json()["items"]]
    content = encoded(digit_images[7])
    answers = {one: post(trained, content, engine=one, top_k=10).json() for one in engines}

    assert {"onnxruntime", "torch"} <= set(engines)
    reference = {
        one["label"]: one["probability"] for one in answers["torch"]["predictions"][0]["top"]
    }
    for name, answer in answers.items():
        assert answer["engine"] == name
        for one in answer["predictions"][0]["top"]:
            assert one["probability"] == pytest.approx(reference[one["label"]], abs=1e-5)


def test_an_unknown_engine_is_refused_and_the_nearest_is_named(trained, png):
    assert "did you mean 'torch'" in trained.refused(post(trained, png(), engine="torc"), 422)


def test_a_comparison_shows_what_each_of_its_models_says(trained, digit_images):
    comparison = trained.http.get("/v1/comparisons/latest").json()
    content = encoded(digit_images[2])

    answer = trained.http.post("/v1/comparisons/latest/predictions", content=content)

    assert answer.status_code == 200, answer.text
    assert answer.json()["comparison_id"] == comparison["id"]
    models = answer.json()["models"]
    assert {(one["label"], one["seed"]) for one in models} == {
        (name, seed) for name in ("fully_connected", "cnn") for seed in (0, 1)
    }
    for one in models:
        alone = trained.http.post(f"/v1/models/{one['model_id']}/predictions", content=content)
        assert one["predictions"] == alone.json()["predictions"]
        assert one["latency_ms"]["forward"] > 0


def test_a_comparison_without_a_model_yet_is_a_404(service, png):
    body = {"dataset": "digits", "architectures": ["cnn"]}
    service.http.post("/v1/comparisons", json=body)

    answer = service.http.post("/v1/comparisons/latest/predictions", content=png())

    assert "no model yet" in service.refused(answer, 404)


def test_where_nobody_may_wait_a_body_is_not_even_read(trained, monkeypatch):
    monkeypatch.setattr("service.inference.batcher.MOST_WAITING", 0)

    trained.refused(post(trained, b"no image at all"), 429)


def test_who_hangs_up_in_the_middle_of_a_body_is_no_failure_of_ours(trained, caplog):
    messages = iter(
        [
            {"type": "http.request", "body": b"half of", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    scope = {
        "type": "http",
        "method": "POST",
        "path": URL,
        "query_string": b"",
        "headers": [(b"content-type", b"image/png"), (b"content-length", b"100")],
    }

    async def receive():
        return next(messages)

    async def send(message):
        assert message.get("status", 400) == 400

    asyncio.run(trained.http.app(scope, receive, send))
    assert "failed" not in caplog.text
