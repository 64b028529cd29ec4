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
from service.inference.predictor import Predictor
from tests.service.routes.v1.predicting import URL, encoded, post
from tests.workers.datasets.images.image_files import (
    colour_image,
    png16,
    tiff,
    twelve_bits,
    with_chunk,
)
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import decode
from workers.datasets.images.pixel_scale import PixelScale
from workers.datasets.images.preparation import Preparation

GEOMETRIES = [Geometry(8, 8, fit) for fit in ("crop", "pad", "stretch")]
DEEP = np.arange(64, dtype=np.uint16).reshape(8, 8) * 60


def send_array(service, pixels, **query):
    array = io.BytesIO()
    np.save(array, pixels[None])
    return post(service, array.getvalue(), "application/x-npy", **query)


def send_rows(service, pixels, **query):
    return service.http.post(URL, json={"instances": [pixels.tolist()]}, params=query)


def send_tensor(service, pixels, **query):
    """JSON has the numbers in the shortest form: 1.0 as 1, as programs in other languages write it."""
    data = [int(number) if number == int(number) else number for number in pixels.ravel().tolist()]
    tensor = {"name": "images", "datatype": "FP32", "shape": [1, 1, 8, 8], "data": data}
    return service.http.post("/v2/models/latest/infer", json={"inputs": [tensor]}, params=query)


def send_binary(service, pixels, **query):
    images = triton.InferInput("images", [1, 1, 8, 8], "FP32")
    images.set_data_from_numpy(pixels[None, None].astype(np.float32))
    body, length = triton.InferenceServerClient.generate_request_body([images])
    headers = {"Inference-Header-Content-Length": str(length)}
    return service.http.post("/v2/models/latest/infer", content=body, headers=headers, params=query)


#: Each way in which numbers arrive.
NUMBERS = {"npy": send_array, "rows": send_rows, "tensor": send_tensor, "binary": send_binary}


@pytest.fixture
def pixels_seen(monkeypatch):
    """What the models are given."""
    seen = []
    classify = Predictor.classify

    def record(self, images, *arguments, **options):
        seen.append(images[0].transpose(1, 2, 0))
        return classify(self, images, *arguments, **options)

    monkeypatch.setattr(Predictor, "classify", record)
    return seen


@pytest.fixture
def prepared_by(trained, monkeypatch):
    """Lets every model have been trained on images that were prepared in some way."""
    comparison = trained.http.get("/v1/comparisons").json()["items"][0]["id"]
    all_models = f"/v1/comparisons/{comparison}/predictions"
    trained.http.post(all_models, content=encoded(colour_image()))  # all are in memory
    predictors = trained.http.app.state.predictors._loaded.values()

    def let(preparation):
        for predictor in predictors:
            monkeypatch.setattr(predictor, "preparation", preparation)
        return all_models

    return let


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


def test_a_model_of_eight_bits_takes_sixteen_with_a_note(trained, pixels_seen):
    [prediction] = post(trained, png16(DEEP)).json()["predictions"]

    assert prediction["notes"] == [
        "numbers 0 to 65535 became 0 to 255: the model was trained on 8 bits; the largest is 3780:"
        " where 4095 is white, ask with ?scale=4095"
    ]
    np.testing.assert_array_equal(pixels_seen[0][..., 0], np.rint(DEEP / 257))


@pytest.mark.parametrize("form", [*NUMBERS])
def test_floats_from_0_to_1_are_the_picture_that_bytes_are_and_it_is_said(
    trained, pixels_seen, form
):
    pixels = np.linspace(0, 255, 64).round().reshape(8, 8)

    answer = NUMBERS[form](trained, pixels / 255)

    assert answer.status_code == 200, answer.text
    assert "the largest is 1; where 255 is white, ask with ?scale=255" in answer.text
    np.testing.assert_array_equal(pixels_seen[0][..., 0], pixels)


@pytest.mark.parametrize("form", [*NUMBERS])
def test_what_is_asked_for_is_white_whatever_the_numbers_are(trained, pixels_seen, form):
    for white, expected in ((255, 1), (1, 255), (4, 64)):
        answer = NUMBERS[form](trained, np.ones((8, 8)), scale=white)
        assert answer.status_code == 200, answer.text
        assert ("as asked" in answer.text) == (white != 255)
        assert (pixels_seen.pop() == expected).all()
    answer = NUMBERS[form](trained, np.full((8, 8), 2.0), scale=1)
    assert "numbers 0 to 1" in trained.refused(answer, 422)


@pytest.mark.parametrize("form", [*NUMBERS])
def test_zeros_are_black_and_nothing_is_said(trained, pixels_seen, form):
    answer = NUMBERS[form](trained, np.zeros((8, 8)))

    assert "scale" not in answer.text
    assert not pixels_seen[0].any()


def test_the_same_scale_holds_for_all_images_of_a_request(trained):
    dark, bright = np.full((8, 8), 0.1), np.full((8, 8), 0.9)

    answer = trained.http.post(URL, json={"instances": [dark.tolist(), bright.tolist()]}).json()

    assert all("the largest is 0.9" in shown["notes"][0] for shown in answer["predictions"])


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "1e9", "white"])
def test_a_scale_that_is_none_is_refused(trained, scale):
    content = encoded(colour_image(8, 8))

    assert "scale" in trained.refused(post(trained, content, scale=scale), 422)


TWELVE = {  # of files whose numbers are those of DEEP: which number is white, by the file itself
    "a TIFF of 12 bits a sample": (twelve_bits(DEEP), 4095),
    "a TIFF with MaxSampleValue": (
        encoded(Image.fromarray(DEEP), "TIFF", tiffinfo={281: 4095}),
        4095,
    ),
    "a PNG with 12 significant bits at their low end": (
        with_chunk(png16(DEEP), b"sBIT", bytes([12])),
        4095,
    ),
    "a PNG as the standard has it": (with_chunk(png16(DEEP * 16), b"sBIT", bytes([12])), 65535),
}


@pytest.mark.parametrize("name", TWELVE)
def test_a_file_that_says_what_is_white_is_believed(trained, pixels_seen, name):
    content, white = TWELVE[name]

    [prediction] = post(trained, content).json()["predictions"]

    assert f"the file says that {white} is white" in prediction["notes"][0]
    expected = np.rint(DEEP / 4095 * 255)
    assert np.abs(pixels_seen[0][..., 0] - expected).max() <= 1


@pytest.mark.parametrize("name", TWELVE)
def test_a_dataset_of_such_files_and_what_is_asked_for_go_before(
    trained, prepared_by, pixels_seen, name
):
    content, _ = TWELVE[name]
    post(trained, content, scale=65535)
    prepared_by(Preparation(1, Geometry(8, 8), PixelScale(0, 65535)))
    post(trained, content)

    for pixels in pixels_seen:
        expected = PixelScale(0, 65535).to_bytes(decode(content))
        np.testing.assert_array_equal(pixels[..., 0], expected)


def test_other_files_of_twelve_bits_can_be_asked_about(trained, pixels_seen):
    [prediction] = post(trained, png16(DEEP), scale=4095).json()["predictions"]

    assert prediction["notes"] == ["numbers 0 to 4095 became 0 to 255, as asked"]
    np.testing.assert_array_equal(pixels_seen[0][..., 0], np.rint(DEEP / 4095 * 255))
    refused = trained.refused(post(trained, png16(DEEP), scale=1000), 422)
    assert "numbers from 0 to 3780, and ?scale=1000 accepts 0 to 1000" in refused


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
