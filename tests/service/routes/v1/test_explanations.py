"""Explanations over HTTP, of models that were trained to see a bright square at a known place."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from service.explaining.explainer import MAX_REQUESTS
from service.security.scopes import needed_scope
from tests.service.conftest import short_latency, started
from tests.service.routes.v1.predicting import encoded
from workers.storage.api_keys import Scope

SIDE, SQUARE = 16, 4
#: Row and column of the square, by class.
PLACES = {"0": (2, 2), "1": (2, 10), "2": (10, 2), "3": (10, 10)}
RECIPE = {"epochs": 6, "batch_size": 32}


def squares(number, generator):
    """Noise in which a bright square is at one of four places, and its class."""
    labels = np.arange(number) % len(PLACES)
    images = generator.integers(0, 90, (number, SIDE, SIDE), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        row, column = PLACES[str(label)]
        image[row : row + SQUARE, column : column + SQUARE] = 230
    return images, labels


@pytest.fixture(scope="module")
def test_squares():
    return squares(20, np.random.default_rng(1))[0]


@pytest.fixture(scope="module")
def explaining(tmp_path_factory, test_squares):
    """An installation with a CNN and a fully connected network, under their names as aliases."""
    train, labels = squares(400, np.random.default_rng(0))
    written = io.BytesIO()
    np.savez(
        written,
        x_train=train,
        y_train=labels,
        x_test=test_squares,
        y_test=np.arange(len(test_squares)) % len(PLACES),
    )
    architectures = [{"name": "cnn", "options": {"channels": [8, 16]}}, "fully_connected"]
    body = {"dataset": "squares", "architectures": architectures, "recipe": RECIPE, "seeds": 1}
    for service in started(tmp_path_factory.mktemp("squares")):
        assert (
            service.http.put("/v1/datasets/squares", content=written.getvalue()).status_code == 201
        )
        made = service.http.post("/v1/comparisons", json=body)
        assert made.status_code == 202, made.text
        with short_latency():
            service.work(jobs=2)
        for model in service.http.get("/v1/models").json()["items"]:
            alias = f"/v1/aliases/{model['architecture']}"
            service.http.put(alias, json={"model_id": model["id"]})
        yield service


def url(model):
    return f"/v1/models/{model}/explanations"


def explained(service, model, indices, **parameters):
    answer = service.http.post(url(model), json={"test_images": indices}, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("model", "method"),
    [("cnn", "hires_cam"), ("cnn", "occlusion"), ("fully_connected", "occlusion")],
)
def test_most_of_what_speaks_for_the_class_is_where_the_square_is(explaining, model, method):
    answer = explained(explaining, model, list(range(8)), method=method)

    assert (answer["method"], answer["width"], answer["height"]) == (method, SIDE, SIDE)
    for index, explanation in enumerate(answer["explanations"]):
        assert explanation["label"] == explanation["class"] == str(index % len(PLACES))
        assert explanation["class_probability"] == explanation["probability"]
        values = np.array(explanation["map"])
        assert values.shape == (SIDE, SIDE)
        assert np.abs(values).max() == 1
        row, column = PLACES[explanation["class"]]
        around = (slice(row - 2, row + SQUARE + 2), slice(column - 2, column + SQUARE + 2))
        speaks_for = values.clip(0)
        assert speaks_for[around].sum() > 0.6 * speaks_for.sum()  # on a quarter of the image
        assert (values[around] == 1).any()


def test_without_a_method_a_network_with_a_feature_map_gets_hires_cam_and_others_occlusion(
    explaining,
):
    assert explained(explaining, "cnn", [0])["method"] == "hires_cam"
    assert explained(explaining, "fully_connected", [0])["method"] == "occlusion"


def test_the_label_is_what_a_prediction_says(explaining, test_squares):
    sent = {
        "content": encoded(Image.fromarray(test_squares[1])),
        "headers": {"Content-Type": "image/png"},
    }
    predicted = explaining.http.post("/v1/models/cnn/predictions", **sent).json()["predictions"][0]

    answer = explaining.http.post(url("cnn"), **sent).json()["explanations"][0]

    assert [top["label"] for top in answer["top"]] == [top["label"] for top in predicted["top"]]
    assert answer["probability"] == pytest.approx(predicted["probability"], abs=1e-4)


def test_an_image_has_the_same_map_however_it_is_sent_and_as_often(explaining, test_squares):
    file = encoded(Image.fromarray(test_squares[5]))
    post = explaining.http.post
    answers = [
        post(url("cnn"), json={"test_images": [5]}),
        post(url("cnn"), json={"test_images": [5]}),
        post(url("cnn"), content=file, headers={"Content-Type": "image/png"}),
        post(url("cnn"), files=[("images", ("five.png", file))]),
        post(url("cnn"), json={"images": [base64.b64encode(file).decode()]}),
        post(url("cnn"), json={"instances": [test_squares[5].tolist()]}),
    ]

    explanations = [answer.json()["explanations"] for answer in answers]

    assert all(explanation == explanations[0] for explanation in explanations)


def test_another_class_can_be_explained_and_what_speaks_against_it(explaining):
    [explanation] = explained(explaining, "cnn", [0], **{"class": "3", "method": "occlusion"})[
        "explanations"
    ]

    assert (explanation["label"], explanation["class"]) == ("0", "3")
    assert explanation["class_probability"] < explanation["probability"]
    row, column = PLACES["0"]
    assert np.array(explanation["map"])[row + 1, column + 1] < -0.5


def test_the_picture_of_a_single_image_is_there_as_png_and_in_the_json(explaining):
    picture = explaining.http.post(
        url("cnn"), json={"test_images": [2]}, headers={"Accept": "image/png"}
    )

    assert picture.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).size == (256, 256)
    overlay = explained(explaining, "cnn", [2])["explanations"][0]["overlay"]
    assert base64.b64decode(overlay.removeprefix("data:image/png;base64,")) == picture.content


def test_a_picture_of_another_size_is_fitted_with_a_note_and_its_map_has_the_models_size(
    explaining, png
):
    answer = explaining.http.post(url("latest"), content=png(64, 48)).json()

    [explanation] = answer["explanations"]
    assert explanation["notes"]
    assert np.array(explanation["map"]).shape == (SIDE, SIDE)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"method": "gradcam"}, "unknown method 'gradcam'; did you mean 'grad_cam'?"),
        ({"method": "x"}, "unknown method 'x'; known are: grad_cam, hires_cam, occlusion"),
        ({"class": "9"}, "unknown class '9'; known are: 0, 1, 2, 3"),
        ({"method": "hires_cam"}, "method 'occlusion' explains it"),
    ],
)
def test_what_cannot_be_explained_so_is_refused_with_what_can(explaining, parameters, expected):
    answer = explaining.http.post(
        url("fully_connected"), json={"test_images": [0]}, params=parameters
    )

    assert expected in explaining.refused(answer, 422)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"test_images": [3, 20]}, "test_images[1] is 20; model"),
        ({"test_images": []}, "accepted are the numbers of 1 to 16 images"),
        ({"test_images": list(range(17))}, "accepted are the numbers of 1 to 16 images"),
        ({"test_images": [True]}, "accepted are the numbers"),
        ({"test_images": [-1]}, "accepted are the numbers"),
        ({"test_images": 3}, "accepted are the numbers"),
        ({"test_images": [0], "images": []}, "accepted are the numbers"),
        ({"anything": [0]}, "neither an array 'images' nor an array 'instances'"),
    ],
)
def test_images_that_are_not_there_are_refused(explaining, body, expected):
    assert expected in explaining.refused(explaining.http.post(url("cnn"), json=body), 422)


def test_bodies_are_refused_as_those_of_predictions_are(explaining, test_squares):
    post = explaining.http.post

    assert "not an image" in explaining.refused(post(url("cnn"), content=b"no image"), 422)
    refused = post(url("cnn"), content=b"x", headers={"Content-Type": "text/csv"})
    assert "text/csv" in explaining.refused(refused, 415)
    many = {"instances": test_squares[:17].tolist()}
    assert "at most 16" in explaining.refused(post(url("cnn"), json=many), 413)
    assert "no model" in explaining.refused(post(url("nothing"), json={"test_images": [0]}), 404)
    two = post(url("cnn"), json={"test_images": [0, 1]}, headers={"Accept": "image/png"})
    assert "a single image" in explaining.refused(two, 422)


def test_over_a_few_requests_at_once_the_answer_is_429_and_predictions_go_on(explaining, png):
    explainer = explaining.http.app.state.explainer
    places = [explainer.admit() for _ in range(MAX_REQUESTS)]
    for place in places:
        place.__enter__()

    refused = explaining.http.post(url("cnn"), json={"test_images": [0]})

    assert explaining.refused(refused, 429).startswith(f"{MAX_REQUESTS} requests for explanations")
    assert int(refused.headers["Retry-After"]) >= 1
    assert explaining.http.post("/v1/models/cnn/predictions", content=png()).status_code == 200
    for place in places:
        place.__exit__(None, None, None)


def test_without_the_dataset_images_that_are_sent_are_explained_still(one_model, png):
    assert one_model.http.delete("/v1/datasets/digits").status_code == 204

    gone = one_model.http.post(url("latest"), json={"test_images": [0]})
    assert "no longer there" in one_model.refused(gone, 409)
    assert one_model.http.post(url("latest"), content=png()).status_code == 200


def test_weights_that_are_gone_are_named(one_model, png):
    [weights] = (one_model.settings.data / "artifacts" / "models").glob("*/weights.safetensors")
    weights.unlink()

    answer = one_model.http.post(url("latest"), content=png())

    assert "weights.safetensors" in one_model.refused(answer, 410)


def test_a_key_for_predictions_is_enough():
    assert needed_scope("POST", "/v1/models/latest/explanations") is Scope.PREDICT
