"""Heads on the features of a backbone, which are computed once: trained, compared and served."""

import json
from collections.abc import Callable, Iterator

import pytest
import torch
from safetensors.torch import load_file

from models._timm.weights import scale_of
from tests.service.conftest import Service
from tests.service.routes.v1.heads import (
    NETWORK,
    ask,
    compare,
    enqueue,
    feature_files,
    feature_jobs,
    install,
    network,
    work,
)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An installation with two comparisons of heads on the same features and a network from scratch."""
    for service in install(tmp_path_factory.mktemp("heads")):
        for hidden_units in (0, 16):
            compare(service, hidden_units=hidden_units)
            service.work(jobs=1 + 4)
        yield service


def test_features_are_computed_once_for_two_comparisons(compared: Service) -> None:
    second, first = feature_jobs(compared)

    assert first["status"] == second["status"] == "succeeded", (first["error"], second["error"])
    assert first["result"] == second["result"]
    assert first["comparison_id"] is None
    assert len(feature_files(compared)) == 1
    result = first["result"]
    assert result["num_images"] == 1797
    assert result["weights"]["licence"] == "mit"
    assert {trial["engine"] for trial in result["trials"]} == {"torch", "onnxruntime"}
    assert {trial["images"] for trial in result["trials"]} == {512}  # of train
    assert result["seconds"] == pytest.approx(
        result["trial_seconds"] + result["num_images"] / result["images_per_second"]
    )
    assert [row["batch_size"] for row in result["latency"]] == [1, 8, 64]


def test_the_features_are_those_of_the_backbone_in_the_order_of_the_images(
    compared: Service,
) -> None:
    [file] = feature_files(compared)
    features = load_file(file)["features"]
    mean, std = (torch.tensor(each).view(3, 1, 1) for each in scale_of("test_efficientnet"))
    images = _images(compared)[:5] / 255
    size = (32, 32)
    resized = torch.nn.functional.interpolate(images, size, mode="bicubic", antialias=True)

    with torch.inference_mode():
        maps = network().forward_features((resized.clamp(0, 1) - mean) / std)
        expected = network().forward_head(maps, pre_logits=True)

    assert float((features[:5] - expected).abs().max()) < 0.1 * float(expected.std())


def _images(service: Service) -> torch.Tensor:
    [file] = service.settings.datasets_folder.glob("*.safetensors")
    return load_file(file)["images"].permute(0, 3, 1, 2)


def test_a_head_has_everything_that_a_training_has(compared: Service) -> None:
    [job, *_] = ask(compared, f"/v1/jobs?architecture={NETWORK}&kind=train")["items"]
    result = ask(compared, f"/v1/jobs/{job['id']}")["result"]
    metrics = ask(compared, f"/v1/jobs/{job['id']}/metrics")
    [features, _] = feature_jobs(compared)

    assert job["depends_on"] in {each["id"] for each in feature_jobs(compared)}
    for name in ("seconds", "trial_seconds", "images_per_second", "versions"):
        assert result["features"][name] == features["result"][name]
    assert result["latency"] == features["result"]["latency"]
    assert result["flops"] > features["result"]["flops"]
    assert result["num_parameters"] > 100_000
    assert result["train"]["accuracy"] > 0.3
    assert result["pretrained"]["name"] == "mine"
    assert {layer["name"] for layer in result["layers"]} == {"hidden", "classifier"}
    assert "train_loss" in json.dumps(metrics)
    assert "gradient_norm/classifier" in json.dumps(metrics)


def test_the_leaderboard_counts_the_seconds_of_features_and_says_so(compared: Service) -> None:
    rows = {
        row["architecture"]: row for row in ask(compared, "/v1/comparisons/latest")["leaderboard"]
    }
    seconds = feature_jobs(compared)[0]["result"]["seconds"]

    assert rows["cnn"]["features_seconds"] is None
    assert rows["head"]["features_seconds"] == seconds
    assert rows["head"]["train_seconds"]["mean"] > seconds
    report = compared.http.get("/v1/comparisons/latest/report.md").text
    assert "in which its features were computed, once for all its trainings" in report
    chart = compared.http.get("/v1/comparisons/latest/charts/training_time.svg").text
    assert "features once" in chart


@pytest.mark.parametrize("engine", ["torch", "onnxruntime"])
def test_what_is_served_is_what_was_evaluated_but_for_rounding(
    compared: Service, engine: str, png: Callable[..., bytes]
) -> None:
    for model in ask(compared, f"/v1/models?architecture={NETWORK}")["items"]:
        job = ask(compared, f"/v1/jobs/{model['job_id']}")
        difference = job["result"]["served_difference"]
        assert difference["max_probability_difference"] < 0.1
        assert model["onnx"]["parity"]["max_probability_difference"] < 1e-3
        answer = compared.http.post(
            f"/v1/models/{model['id']}/predictions",
            params={"engine": engine},
            content=png(),
            headers={"Content-Type": "image/png"},
        )
        assert answer.status_code == 200, answer.text


def test_a_fold_of_a_head_trains_on_rows_of_the_same_features(compared: Service) -> None:
    trained = work(compared, enqueue(compared, fold=2, folds=3), jobs=2)

    assert len(feature_files(compared)) == 1
    assert trained["result"]["fold"] == 2
    assert trained["result"]["test"]["images"] == 599
    assert trained["result"]["served_difference"]["max_probability_difference"] < 0.1
