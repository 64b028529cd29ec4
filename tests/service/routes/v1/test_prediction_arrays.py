"""Arrays of pixels as NumPy writes them."""

import io

import numpy as np
import pytest

from tests.service.routes.v1.predicting import encoded, post


def npy(array):
    written = io.BytesIO()
    np.save(written, array)
    return written.getvalue()


@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.int64])
def test_an_array_is_classified_in_each_of_its_orders_as_its_pictures_are(
    trained, digit_images, kind
):
    pixels = np.stack([np.asarray(image) for image in digit_images[:5]]).astype(kind)
    expected = [
        post(trained, encoded(image)).json()["predictions"][0] for image in digit_images[:5]
    ]
    for array in (pixels, pixels[..., None], pixels[:, None], np.asfortranarray(pixels)):
        answer = post(trained, npy(array), "application/x-npy").json()
        for served, alone in zip(answer["predictions"], expected, strict=True):
            assert served["label"] == alone["label"]
            assert served["probability"] == pytest.approx(alone["probability"], abs=1e-5)


def test_an_array_of_another_size_and_colour_is_made_to_fit_and_it_is_said(trained):
    answer = post(trained, npy(np.zeros((2, 30, 20, 3), np.uint8)), "application/octet-stream")

    for prediction in answer.json()["predictions"]:
        assert prediction["notes"] == [
            "colour turned to grey",
            "resized from 20×30 to 8×12",
            "cropped to 8×8",
        ]


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
        (npy(np.zeros((100, 2, 1), np.uint8)).replace(b"(100, 2, 1)", b"(-20, -5,2)"), "damaged"),
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
