"""A pretrained network is fine-tuned over HTTP, and what its scores are of is said wherever they are."""

import io
import zipfile
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from safetensors.torch import save

from models import ImageShape, architectures
from tests.service.conftest import Service, started

NETWORK = "timm/test_resnet"
OPTIONS = {
    "pretrained": "mine",
    "resolution": 32,
    "backbone_rate": 0.5,
    "layer_decay": 0.75,
    "batch_norm_statistics": "frozen",
}
RECIPE = {"epochs": 2, "warm_up": 0.2, "ema_decay": 0.9, "test_flips": True}
SCORED = "averaged weights (EMA 0.9), test-time flips"


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An installation with uploaded weights, and a comparison of one network that started from them."""
    for service in started(tmp_path_factory.mktemp("tuned")):
        torch.manual_seed(0)
        network = architectures[NETWORK](ImageShape(3, 160, 160), 5)
        headers = {"Content-Type": "application/octet-stream"}
        content = save(network.state_dict())
        assert service.http.put("/v1/weights/mine", content=content, headers=headers).is_success
        body = {
            "dataset": "digits",
            "architectures": [{"name": NETWORK, "options": OPTIONS}],
            "recipe": RECIPE,
            "seeds": 1,
        }
        answer = service.http.post("/v1/comparisons", json=body)
        assert answer.status_code == 202, answer.text
        service.work()
        yield service


def test_options_and_recipe_are_stored_as_they_were_asked_for(tuned: Service) -> None:
    job = tuned.http.get("/v1/jobs/latest").json()

    assert job["status"] == "succeeded", job["error"]
    assert OPTIONS.items() <= job["options"].items()
    assert RECIPE.items() <= job["recipe"].items()
    assert (job["result"]["ema_decay"], job["result"]["test_flips"]) == (0.9, True)
    # Frozen batch norm has kept what the weights came with; all else was trained.
    assert job["result"]["epochs"] == 2


def test_every_engine_serves_the_mean_over_an_image_and_its_mirror_image(tuned: Service) -> None:
    model = tuned.http.get("/v1/models/latest").json()
    assert model["test_flips"] is True
    assert model["onnx"]["parity"]["max_probability_difference"] < 1e-4
    pixels = np.random.default_rng(0).integers(0, 255, (8, 8), dtype=np.uint8)
    image = Image.fromarray(pixels)

    found = [
        probabilities(tuned, given, engine)
        for engine in ("onnxruntime", "torch")
        for given in (image, ImageOps.mirror(image))
    ]

    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], atol=1e-4)


def probabilities(service: Service, image: Image.Image, engine: str) -> list[float]:
    written = io.BytesIO()
    image.save(written, "PNG")
    answer = service.http.post(
        "/v1/models/latest/predictions",
        params={"engine": engine, "top_k": 10},
        content=written.getvalue(),
        headers={"Content-Type": "image/png"},
    )
    assert answer.status_code == 200, answer.text
    [prediction] = answer.json()["predictions"]
    ranked = {each["label"]: each["probability"] for each in prediction["top"]}
    return [ranked[label] for label in sorted(ranked)]


def test_what_is_scored_is_named_where_scores_are(tuned: Service) -> None:
    report = tuned.http.get("/v1/comparisons/latest/report.md").text
    assert f"· {SCORED} ·" in report
    assert f"as it is served: {SCORED}." in report
    assert SCORED in tuned.http.get("/v1/comparisons/latest/report.html").text
    assert SCORED in tuned.http.get("/v1/comparisons/latest/leaderboard.tex").text
    bundle = zipfile.ZipFile(io.BytesIO(tuned.http.get("/v1/models/latest/bundle").content))
    assert SCORED in bundle.read("README.md").decode()


def test_a_recipe_without_them_says_nothing_of_it(trained: Service) -> None:
    assert "as it is served. Seeds" in trained.http.get("/v1/comparisons/latest/report.md").text
    assert trained.http.get("/v1/models/latest").json()["test_flips"] is False
    assert "test_flips" not in trained.http.get("/v1/jobs/latest").json()["recipe"]


@pytest.mark.parametrize(
    ("options", "recipe", "said"),
    [
        (
            {"backbone_rate": 0.5},
            {},
            "option 'backbone_rate' of 'timm/test_resnet' is for a pretrained",
        ),
        ({"pretrained": True, "layer_decay": 1.5}, {}, "option 'layer_decay' of"),
        (
            {"pretrained": True, "train": "head", "batch_norm_statistics": "frozen"},
            {},
            "option 'batch_norm_statistics' of 'timm/test_resnet' has no effect with",
        ),
        ({}, {"ema_decay": 1}, "ema_decay"),
        ({}, {"warm_up": 1}, "warm_up"),
    ],
)
def test_what_does_not_go_together_is_refused_with_a_sentence(
    tuned: Service, options: dict[str, object], recipe: dict[str, object], said: str
) -> None:
    body = {"dataset": "digits", "architecture": NETWORK, "options": options, "recipe": recipe}
    assert said in tuned.refused(tuned.http.post("/v1/jobs", json=body), 422)

    compared = {"architectures": [{"name": NETWORK, "options": options}], "recipe": recipe}
    answer = tuned.http.post("/v1/comparisons", json={"dataset": "digits", **compared})
    assert said in tuned.refused(answer, 422)


def test_the_preset_is_a_recipe_by_name(tuned: Service) -> None:
    body = {"dataset": "digits", "architecture": NETWORK, "recipe": "fine_tune"}

    recipe = tuned.http.post("/v1/jobs", json=body).json()["recipe"]

    assert recipe["warm_up"] > 0
