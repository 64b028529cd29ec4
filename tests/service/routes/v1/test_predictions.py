"""Predictions over HTTP: every form of body, and what is answered."""

import asyncio
import base64

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load
from sklearn.datasets import load_digits

from models import ImageShape, architectures
from tests.service.routes.v1.predicting import URL, encoded, post


def test_a_picture_is_classified_and_the_answer_has_its_latency(trained, png):
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
    files = [("images", (f"{n}.png", encoded(image))) for n, image in enumerate(digit_images)]

    answer = trained.http.post(URL, files=files, params={"top_k": 10}).json()

    assert answer["batch_size"] == 32
    pixels = torch.from_numpy(np.stack([np.asarray(image) for image in digit_images])) / 255
    mean, std = (
        train.mean(),
        train.std(),
    )  # over train and validation: near what it was trained with
    expected = network.eval()(((pixels - mean) / std).float().unsqueeze(1)).softmax(1)
    for prediction, row in zip(answer["predictions"], expected, strict=True):
        served = {top["label"]: top["probability"] for top in prediction["top"]}
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


def test_another_size_is_resized_with_a_note(trained, png):
    [prediction] = post(trained, png(512, 384)).json()["predictions"]

    assert prediction["notes"][-2:] == ["resized from 512×384 to 11×8", "cropped to 8×8"]


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


def test_where_no_image_may_wait_the_body_is_not_read(trained, monkeypatch):
    monkeypatch.setattr("service.inference.batcher.MAX_WAITING", 0)

    trained.refused(post(trained, b"no image at all"), 429)


def test_a_client_that_hangs_up_within_its_body_is_no_failure_of_ours(trained, caplog):
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
