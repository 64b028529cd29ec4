"""One model, one picture: the same classes, in the same order, as probable, in every interface."""

import base64
import importlib.util
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import tritonclient.http as triton
from PIL import Image

from tests.service.conftest import Service, short_latency, started
from tests.service.routes.v1.predicting import encoded

MODEL = "/v1/models/latest"
CLASSES = [str(number) for number in range(1, 13)]  # as text 10 would come before 2
PIXELS = np.random.default_rng(7).integers(0, 256, (8, 8), np.uint8)
PNG = encoded(Image.fromarray(PIXELS))
Probabilities = dict[str, float]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A comparison on classes that are numbers, each of another brightness."""
    labels = np.arange(12 * 12) % 12 + 1
    noise = np.random.default_rng(0).integers(0, 60, (len(labels), 8, 8))
    written = io.BytesIO()
    np.savez(written, images=(noise + 15 * labels[:, None, None]).astype(np.uint8), labels=labels)
    for service in started(tmp_path_factory.mktemp("numbers")):
        answer = service.http.put("/v1/datasets/numbers", content=written.getvalue())
        assert answer.status_code == 201, answer.text
        body = {"dataset": "numbers", "architectures": ["fully_connected"], "seeds": 1}
        answer = service.http.post("/v1/comparisons", json={**body, "recipe": {"epochs": 2}})
        assert answer.status_code == 202, answer.text
        with short_latency():
            service.work(jobs=2)  # the checks of the dataset, too
        yield service


def listed(predictions: list[Any]) -> Probabilities:
    """Those of a list as `/v1` has it; all are of the same picture."""
    assert predictions
    assert all(prediction["top"] == predictions[0]["top"] for prediction in predictions)
    return {entry["label"]: entry["probability"] for entry in predictions[0]["top"]}


def by_file(service: Service, **query: Any) -> Probabilities:
    answer = service.http.post(f"{MODEL}/predictions", content=PNG, params={"top_k": 100, **query})
    return listed(answer.json()["predictions"])


def by_torch(service: Service) -> Probabilities:
    return by_file(service, engine="torch")


def by_form(service: Service) -> Probabilities:
    files = [("images", ("a.png", PNG)), ("images", ("b.png", PNG))]
    answer = service.http.post(f"{MODEL}/predictions", files=files, params={"top_k": 100})
    return listed(answer.json()["predictions"])


def by_base64(service: Service) -> Probabilities:
    body = {"images": [base64.b64encode(PNG).decode()]}
    answer = service.http.post(f"{MODEL}/predictions", json=body, params={"top_k": 100})
    return listed(answer.json()["predictions"])


def by_rows(service: Service) -> Probabilities:
    body = {"instances": [PIXELS.tolist()] * 3}
    answer = service.http.post(f"{MODEL}/predictions", json=body, params={"top_k": 100})
    return listed(answer.json()["predictions"])


def by_array(service: Service) -> Probabilities:
    written = io.BytesIO()
    np.save(written, np.stack([PIXELS] * 5))
    answer = service.http.post(
        f"{MODEL}/predictions", content=written.getvalue(), params={"top_k": 100}
    )
    return listed(answer.json()["predictions"])


def by_comparison(service: Service) -> Probabilities:
    """As the playground of the dashboard asks."""
    answer = service.http.post(
        "/v1/comparisons/latest/predictions", content=PNG, params={"top_k": 100}
    )
    [model] = answer.json()["models"]
    return listed(model["predictions"])


def by_explanations(service: Service) -> Probabilities:
    """The probability of each class, asked for by its name."""
    found = {}
    for name in CLASSES:
        answer = service.http.post(
            f"{MODEL}/explanations", content=PNG, params={"class": name, "method": "occlusion"}
        )
        [explained] = answer.json()["explanations"]
        assert explained["class"] == name
        found[name] = explained["class_probability"]
    return found


def by_tensor(service: Service) -> Probabilities:
    tensor = {"name": "images", "datatype": "UINT8", "shape": [1, 1, 8, 8]}
    body = {"inputs": [{**tensor, "data": PIXELS.ravel().tolist()}]}
    answer = service.http.post("/v2/models/latest/infer", json=body).json()
    return dict(zip(labels(service), answer["outputs"][0]["data"], strict=True))


def by_tritons_classification(service: Service) -> Probabilities:
    """`probability:index:label` of each class, by files in BYTES."""
    images = triton.InferInput("images", [1], "BYTES")
    images.set_data_from_numpy(np.array([PNG], dtype=object))
    output = triton.InferRequestedOutput("probabilities", binary_data=False, class_count=12)
    body, length = triton.InferenceServerClient.generate_request_body([images], outputs=[output])
    headers = {"Inference-Header-Content-Length": str(length)}
    answer = service.http.post("/v2/models/latest/infer", content=body, headers=headers).json()
    found = {}
    for text in answer["outputs"][0]["data"]:
        probability, index, label = text.split(":")
        assert CLASSES[int(index)] == label
        found[label] = float(probability)
    return found


def by_graph(service: Service) -> Probabilities:
    graph = service.http.get(f"{MODEL}/onnx").content
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    [[probabilities]] = session.run(["probabilities"], {"images": PIXELS[None, None]})
    return dict(zip(CLASSES, probabilities.tolist(), strict=True))


def by_bundle(service: Service, folder: Path) -> Probabilities:
    archive = zipfile.ZipFile(io.BytesIO(service.http.get(f"{MODEL}/bundle").content))
    archive.extractall(folder)
    assert json.loads((folder / "classes.json").read_text()) == CLASSES
    (folder / "picture.png").write_bytes(PNG)
    spec = importlib.util.spec_from_file_location("bundled", folder / "predict.py")
    assert spec
    assert spec.loader
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    predicted: Probabilities = program.predict(folder / "picture.png")
    return predicted


def labels(service: Service) -> list[str]:
    found: list[str] = service.http.get("/v2/models/latest").json()["labels"]
    return found


INTERFACES: list[Callable[[Service], Probabilities]] = [
    *(by_torch, by_form, by_base64, by_rows, by_array, by_comparison, by_explanations),
    *(by_tensor, by_tritons_classification, by_graph),
]


def test_classes_that_are_numbers_are_in_their_order_everywhere(installation: Service) -> None:
    http = installation.http
    comparison = http.get("/v1/comparisons/latest").json()
    matrix = http.get(
        "/v1/comparisons/latest/confusion_matrix", params={"architecture": "fully_connected"}
    ).json()

    assert labels(installation) == CLASSES
    assert http.get(MODEL).json()["classes"] == CLASSES
    assert http.get("/v1/datasets/numbers").json()["classes"] == CLASSES
    assert matrix["classes"] == CLASSES, matrix.keys()
    job = http.get(f"/v1/jobs/{comparison['jobs'][0]['id']}").json()
    assert [scores["name"] for scores in job["result"]["per_class"]] == CLASSES


@pytest.mark.parametrize("ask", INTERFACES)
def test_every_interface_says_the_same_of_a_picture(
    installation: Service, ask: Callable[[Service], Probabilities]
) -> None:
    expected = by_file(installation)

    said = ask(installation)

    assert set(said) == set(CLASSES)
    for name in CLASSES:
        assert said[name] == pytest.approx(expected[name], abs=1e-5)
    assert max(said, key=said.__getitem__) == next(iter(expected))


def test_a_bundle_says_the_same_of_a_picture(installation: Service, tmp_path: Path) -> None:
    said, expected = by_bundle(installation, tmp_path), by_file(installation)

    assert list(said) == list(expected)
    assert list(said.values()) == pytest.approx(list(expected.values()), abs=1e-5)
