"""Predictions prepare images as the dataset of the model was prepared, whatever the way in."""

import base64
import io
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
import tritonclient.http as triton
from PIL import Image

from service.inference.bodies import images as bodies
from tests.service.routes.v1.predicting import URL, encoded, post
from tests.workers.datasets.images.image_files import (
    colour_image,
    png16,
    tiff,
)
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.pixel_scale import PixelScale
from workers.datasets.images.preparation import Preparation

GEOMETRIES = [Geometry(8, 8, fit) for fit in ("crop", "pad", "stretch")]
DEEP = np.arange(64, dtype=np.uint16).reshape(8, 8) * 60


def infer(trained, content):
    """The image as the only element of BYTES, in the binary form of the protocol."""
    images = triton.InferInput("images", [1], "BYTES")
    images.set_data_from_numpy(np.array([content], dtype=object))
    body, length = triton.InferenceServerClient.generate_request_body([images])
    headers = {"Inference-Header-Content-Length": str(length)}
    return trained.http.post("/v2/models/latest/infer", content=body, headers=headers)


@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_file_is_the_same_pixels_whatever_the_way_in(
    trained, prepared_by, pixels_seen, geometry, kind
):
    preparation = Preparation(1, geometry)
    all_models = prepared_by(preparation)
    content = encoded(colour_image(300, 200), kind)
    answers = [
        post(trained, content),
        trained.http.post(URL, files=[("file", ("a", content))]),
        trained.http.post(URL, json={"images": [base64.b64encode(content).decode()]}),
        infer(trained, content),
        trained.http.post(all_models, content=content),
    ]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(pixels_seen) == 4 + len(answers[-1].json()["models"])
    expected = preparation.apply_to_file(content)
    for pixels in pixels_seen:
        np.testing.assert_array_equal(pixels, expected)


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_an_image_of_the_dataset_comes_back_as_it_is(trained, prepared_by, pixels_seen, geometry):
    """Resized for the dataset, it is neither resized nor decoded otherwise when it is sent."""
    preparation = Preparation(1, geometry)
    prepared_by(preparation)
    of_dataset = preparation.apply_to_file(encoded(colour_image(90, 60)))

    post(trained, encoded(Image.fromarray(of_dataset[..., 0])))
    array = io.BytesIO()
    np.save(array, of_dataset[None])
    post(trained, array.getvalue(), "application/x-npy")
    trained.http.post(URL, json={"instances": [of_dataset.tolist()]})

    assert len(pixels_seen) == 3
    for pixels in pixels_seen:
        np.testing.assert_array_equal(pixels, of_dataset)


def test_the_notes_say_what_was_done(trained, prepared_by):
    expected = {
        "stretch": ["resized from 40×30 to 8×8"],
        "crop": ["resized from 40×30 to 11×8", "cropped to 8×8"],
        "pad": ["resized from 40×30 to 8×6", "padded to 8×8"],
    }
    for fit, notes in expected.items():
        prepared_by(Preparation(1, Geometry(8, 8, fit)))
        [prediction] = post(trained, encoded(colour_image(40, 30))).json()["predictions"]
        assert prediction["notes"] == ["colour turned to grey", *notes]


def test_a_large_jpeg_is_said_to_have_its_own_size(trained):
    [prediction] = post(trained, encoded(colour_image(400, 300), "JPEG")).json()["predictions"]

    assert prediction["notes"] == [
        "colour turned to grey",
        "resized from 400×300 to 11×8",
        "cropped to 8×8",
    ]


def test_more_than_8_bits_are_scaled_as_the_dataset_was(trained, prepared_by, pixels_seen):
    preparation = Preparation(1, Geometry(8, 8), PixelScale(0, 4095))
    prepared_by(preparation)
    array = io.BytesIO()
    np.save(array, DEEP[None])
    numbers = triton.InferInput("images", [1, 1, 8, 8], "UINT16")
    numbers.set_data_from_numpy(DEEP[None, None])
    body, length = triton.InferenceServerClient.generate_request_body([numbers])

    answers = [
        post(trained, png16(DEEP)),
        post(trained, tiff(DEEP)),
        post(trained, array.getvalue(), "application/x-npy"),
        trained.http.post(URL, json={"instances": [DEEP.tolist()]}),
    ]
    trained.http.post(
        "/v2/models/latest/infer",
        content=body,
        headers={"Inference-Header-Content-Length": str(length)},
    )

    assert all(answer.json()["predictions"][0]["notes"] == [] for answer in answers)
    assert len(pixels_seen) == 5
    for pixels in pixels_seen:
        np.testing.assert_array_equal(pixels, preparation.scale.to_bytes(DEEP)[..., None])


def test_eight_bits_are_not_scaled(trained, prepared_by, pixels_seen):
    prepared_by(Preparation(1, Geometry(8, 8), PixelScale(0, 4095)))
    pixels = (DEEP // 60).astype(np.uint8)
    tensor = {"name": "images", "datatype": "UINT8", "shape": [1, 1, 8, 8]}

    post(trained, encoded(Image.fromarray(pixels)))
    tensor["data"] = pixels.ravel().tolist()
    answer = trained.http.post("/v2/models/latest/infer", json={"inputs": [tensor]})

    assert answer.status_code == 200, answer.text
    for seen in pixels_seen:
        np.testing.assert_array_equal(seen[..., 0], pixels)


def test_numbers_that_are_none_are_refused_with_the_scale(trained, prepared_by):
    prepared_by(Preparation(1, Geometry(8, 8), PixelScale(0, 1)))
    array = io.BytesIO()
    np.save(array, np.full((1, 8, 8), np.nan))

    sentence = trained.refused(post(trained, array.getvalue(), "application/x-npy"), 422)

    assert "numbers 0 to 1" in sentence


def test_floats_on_no_scale_are_refused(trained):
    content = tiff(np.full((8, 8), -7000, np.float32))

    assert "accepted are floats from 0 to 1" in trained.refused(post(trained, content), 422)


def test_a_photograph_holds_up_nobody(address, monkeypatch):
    """While it is decoded, and that takes as long as it takes, others are answered."""
    begun, may_end = threading.Event(), threading.Event()
    decode_file = bodies.decode_file

    def decode_slowly(content, geometry):
        begun.set()
        assert may_end.wait(60)
        return decode_file(content, geometry)

    monkeypatch.setattr(bodies, "decode_file", decode_slowly)
    photograph = encoded(colour_image(4000, 3000), "JPEG")
    with httpx.Client(base_url=address, timeout=60) as http, ThreadPoolExecutor() as clients:
        sent = clients.submit(http.post, URL, content=photograph)
        assert begun.wait(60)
        assert http.get("/health/live").status_code == 200
        assert http.post(URL, json={"instances": [[[0] * 8] * 8]}).status_code == 200
        assert not sent.done()
        may_end.set()
        [prediction] = sent.result().json()["predictions"]
    assert prediction["notes"][-2:] == ["resized from 4000×3000 to 11×8", "cropped to 8×8"]
