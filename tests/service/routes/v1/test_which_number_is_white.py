"""Which number is white in a request: said by it, by a file or a dataset, or seen from the numbers."""

import io

import numpy as np
import pytest
import tritonclient.http as triton
from PIL import Image

from tests.service.routes.v1.predicting import URL, encoded, post
from tests.workers.datasets.images.image_files import (
    colour_image,
    png16,
    twelve_bits,
    with_chunk,
)
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import decode
from workers.datasets.images.pixel_scale import PixelScale
from workers.datasets.images.preparation import Preparation

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
