"""Models over HTTP: listed, shown, downloaded, and aliases that stand for them."""

import hashlib

import pytest
import torch
from safetensors.torch import load

from models import ImageShape, architectures


def test_a_model_describes_itself(trained):
    model = trained.http.get("/v1/models/latest").json()

    assert model["classes"] == list("0123456789")
    assert model["image_shape"] == {"channels": 1, "height": 8, "width": 8}
    assert trained.http.get(f"/v1/models/{model['id']}").json() == model
    assert 0 <= model["test_accuracy"] <= 1


def test_models_are_listed_and_filtered(trained):
    assert len(trained.http.get("/v1/models").json()["items"]) == 4
    found = trained.http.get("/v1/models", params={"architecture": "cnn", "limit": 1}).json()
    assert [model["architecture"] for model in found["items"]] == ["cnn"]
    assert found["next"]


def test_the_weights_are_those_of_the_network(trained):
    model = trained.http.get("/v1/models/latest").json()
    answer = trained.http.get("/v1/models/latest/weights")

    assert hashlib.sha256(answer.content).hexdigest() == model["weights_sha256"]
    assert ".safetensors" in answer.headers["Content-Disposition"]
    network = architectures[model["architecture"]](
        ImageShape(**model["image_shape"]), len(model["classes"]), **model["options"]
    )
    network.load_state_dict(load(answer.content))
    assert network.eval()(torch.zeros(1, 1, 8, 8)).shape == (1, 10)


def test_an_alias_stands_wherever_an_id_does(trained, png):
    model = trained.http.get("/v1/models").json()["items"][-1]
    assert (
        trained.http.put("/v1/aliases/champion", json={"model_id": model["id"]}).json()["model_id"]
        == model["id"]
    )

    assert "champion" in trained.http.get("/v1/models/champion").json()["aliases"]
    predicted = trained.http.post("/v1/models/champion/predictions", content=png())
    assert predicted.json()["model_id"] == model["id"]
    moved = trained.http.put("/v1/aliases/champion", json={"model_id": "latest"}).json()
    assert moved["model_id"] == trained.http.get("/v1/models/latest").json()["id"]
    assert "champion" in [
        alias["alias"] for alias in trained.http.get("/v1/aliases").json()["items"]
    ]


def test_an_alias_remembers_what_it_stood_for_and_goes_back(trained, png):
    first, second = (model["id"] for model in trained.http.get("/v1/models").json()["items"][:2])
    trained.http.put("/v1/aliases/best", json={"model_id": first, "engine": "torch"})
    trained.http.put("/v1/aliases/best", json={"model_id": second})

    def predicted():
        answer = trained.http.post("/v1/models/best/predictions", content=png()).json()
        return answer["model_id"], answer["engine"]

    assert predicted() == (second, "onnxruntime")
    back = trained.http.put("/v1/aliases/best", json={"version": 1})
    assert back.json()["model_id"] == first
    assert predicted() == (first, "torch")
    versions = trained.http.get("/v1/aliases/best/versions").json()["items"]
    assert [
        (version["version"], version["model_id"], version["engine"]) for version in versions
    ] == [
        (3, first, "torch"),
        (2, second, None),
        (1, first, "torch"),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "either"),
        ({"model_id": "latest", "version": 1}, "either"),
        ({"version": 1, "engine": "torch"}, "engine"),
        ({"version": 99}, "it has 1 to"),
        ({"model_id": "latest", "engine": "tourch"}, "torch"),
    ],
)
def test_an_alias_that_cannot_be_set_is_refused(trained, body, said):
    assert said in trained.refused(trained.http.put("/v1/aliases/champion", json=body), 422)


def test_there_are_no_versions_of_no_alias(trained):
    answer = trained.http.get("/v1/aliases/nobody/versions")

    assert "nobody" in trained.refused(answer, 404)


def test_the_graph_is_the_model_itself_and_was_checked_on_real_images(trained):
    import onnx
    import onnxruntime
    from sklearn.datasets import load_digits

    model = trained.http.get("/v1/models/latest").json()
    parity = model["onnx"]["parity"]
    assert parity["images"] > 200
    assert parity["max_probability_difference"] < 1e-5
    assert parity["different_labels"] == 0
    content = trained.http.get("/v1/models/latest/onnx").content
    assert hashlib.sha256(content).hexdigest() == model["onnx"]["sha256"]
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    pixels = (load_digits().images[:3, None] * (255 / 16)).round().astype("uint8")
    [probabilities] = session.run(None, {"images": pixels})
    served = trained.http.post(
        "/v1/models/latest/predictions",
        json={"instances": pixels[:, 0].tolist()},
        params={"engine": "torch"},
    ).json()["predictions"]
    assert [str(label) for label in probabilities.argmax(axis=1)] == [
        answer["label"] for answer in served
    ]


@pytest.mark.parametrize("alias", ["latest", "Champion", "1st", "x" * 65, "a b"])
def test_a_name_no_alias_can_have_is_refused(trained, alias):
    answer = trained.http.put(f"/v1/aliases/{alias}", json={"model_id": "latest"})

    trained.refused(answer, 422)


def test_an_alias_cannot_hide_a_model(trained):
    [first, *_] = trained.http.get("/v1/models").json()["items"]

    answer = trained.http.put(f"/v1/aliases/{first['id']}", json={"model_id": "latest"})

    trained.refused(answer, answer.status_code)
    assert answer.status_code in {409, 422}


def test_an_alias_of_no_model_is_refused(trained):
    answer = trained.http.put("/v1/aliases/best", json={"model_id": "nothing"})

    assert "nothing" in trained.refused(answer, 404)


def test_weights_that_are_gone_or_damaged_are_not_served(service):
    body = {"dataset": "digits", "architecture": "fully_connected", "recipe": {"epochs": 1}}
    service.http.post("/v1/jobs", json=body)
    service.work()
    [weights] = service.settings.data.glob("artifacts/models/*/weights.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00")
    assert "damaged" in service.refused(service.http.get("/v1/models/latest/weights"), 410)
    weights.unlink()
    assert "missing" in service.refused(service.http.get("/v1/models/latest/weights"), 410)
    answer = service.http.post("/v1/models/latest/predictions", content=b"x")
    assert 400 <= answer.status_code < 500
