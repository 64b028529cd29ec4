"""Heads on the features of a backbone, through the API and a worker: computed once, kept, healed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save

from models import ImageShape, architectures
from models._timm.weights import scale_of
from tests.service.conftest import Service, started
from workers.features import trials

NETWORK = "timm/test_efficientnet"
OPTIONS = {"pretrained": "mine", "train": "head", "resolution": 32}
RECIPE = {"epochs": 3, "batch_size": 64, "learning_rate": 0.01}


def weights(seed: int = 1) -> bytes:
    """Of a network as it is initialised, with the head of ImageNet, as somebody would upload them."""
    return save(network(seed).state_dict(), {"license": "mit"})


def network(seed: int = 1) -> Any:
    torch.manual_seed(seed)
    return architectures[NETWORK](ImageShape(3, 160, 160), 1000).eval()


def install(folder: Path) -> Iterator[Service]:
    for service in started(folder):
        answer = service.http.put("/v1/weights/mine", content=weights())
        assert answer.status_code == 201, answer.text
        yield service


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Service]:
    """An installation with weights, and nothing trained."""
    yield from install(tmp_path / "data")


def ask(service: Service, path: str) -> Any:
    answer = service.http.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(service: Service, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = service.http.post(path, json={"dataset": "digits", "recipe": RECIPE} | body)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def compare(service: Service, seeds: int = 2, **options: Any) -> dict[str, Any]:
    head = {"name": NETWORK, "label": "head", "options": OPTIONS | options}
    return post(service, "/v1/comparisons", {"architectures": [head, "cnn"], "seeds": seeds})


def enqueue(service: Service, **fields: Any) -> dict[str, Any]:
    body = {"architecture": NETWORK, "options": OPTIONS}
    return post(service, "/v1/jobs", body | fields)


def work(service: Service, job: dict[str, Any], jobs: int = 1) -> dict[str, Any]:
    """The job after the worker has done so many; it has succeeded."""
    service.work(jobs=jobs)
    ended = dict(ask(service, f"/v1/jobs/{job['id']}"))
    assert ended["status"] == "succeeded", ended["error"]
    return ended


def feature_jobs(service: Service) -> list[dict[str, Any]]:
    found = ask(service, "/v1/jobs?kind=features")["items"]
    return [ask(service, f"/v1/jobs/{job['id']}") for job in found]


def feature_files(service: Service) -> list[Path]:
    return sorted((service.settings.data / "artifacts" / "features").rglob("*.safetensors"))


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
    assert result["seconds"] > 0
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
    assert result["features"]["seconds"] == features["result"]["seconds"]
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


def test_features_that_are_damaged_or_lost_are_computed_again(
    ready: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take_torch(monkeypatch)
    first = work(ready, enqueue(ready), jobs=2)
    [file] = feature_files(ready)
    kept = file.read_bytes()
    for damage in (kept[:-1] + b"?", None):
        file.unlink()  # the file may have another name elsewhere
        if damage:
            file.write_bytes(damage)

        again = work(ready, enqueue(ready, seed=1), jobs=2)

        assert again["result"]["features"]["sha256"] == first["result"]["features"]["sha256"]
        assert file.read_bytes() == kept


def test_a_head_computes_its_features_itself_where_the_job_before_it_was_cancelled(
    ready: Service,
) -> None:
    head = enqueue(ready)
    answer = ready.http.post(f"/v1/jobs/{head['depends_on']}/cancel")
    assert answer.status_code == 202, answer.text

    trained = work(ready, head)

    assert trained["result"]["features"]["seconds"] > 0


def test_weights_that_are_not_there_fail_features_and_heads_with_one_sentence(
    service: Service,
) -> None:
    head = enqueue(service)
    service.work(jobs=2)

    [features] = feature_jobs(service)
    failed = ask(service, f"/v1/jobs/{head['id']}")
    assert features["status"] == failed["status"] == "failed"
    assert failed["error"] == f"its features could not be computed: {features['error']}"
    assert "mine" in failed["error"]


def test_a_failed_head_that_is_retried_gets_a_new_job_for_its_features(service: Service) -> None:
    head = enqueue(service)
    service.work(jobs=2)
    assert service.http.put("/v1/weights/mine", content=weights()).status_code == 201

    retried = service.http.post(f"/v1/jobs/{head['id']}/retry").json()

    assert retried["depends_on"] != head["depends_on"]
    assert work(service, head, jobs=2)["depends_on"] == retried["depends_on"]


def test_heads_start_from_the_weights_of_their_features_whatever_was_uploaded_since(
    ready: Service,
) -> None:
    head = enqueue(ready)
    ready.work()
    ready.http.put("/v1/weights/mine", content=weights(seed=2))

    trained = work(ready, head)

    [features] = feature_jobs(ready)
    assert trained["result"]["pretrained"] == features["result"]["weights"]


def test_a_comparison_shows_the_jobs_that_its_heads_wait_for(ready: Service) -> None:
    architecture = {"name": NETWORK, "options": OPTIONS}
    made = post(ready, "/v1/comparisons", {"architectures": [architecture], "seeds": 2})
    assert made["status"] == "queued"
    assert [job["kind"] for job in made["awaited"]] == ["features"]
    ready.work()

    shown = ask(ready, f"/v1/comparisons/{made['id']}")
    [listed] = ask(ready, "/v1/comparisons")["items"]

    assert [job["status"] for job in shown["awaited"]] == ["succeeded"]
    assert {job["status"] for job in shown["jobs"]} == {"queued"}
    assert (shown["status"], listed["status"]) == ("running", "running")


def test_with_the_last_head_of_a_comparison_its_features_are_cancelled(ready: Service) -> None:
    comparison = compare(ready)
    heads = [job for job in comparison["jobs"] if job["depends_on"]]
    assert len(heads) == 2
    for job in heads:
        ready.http.post(f"/v1/jobs/{job['id']}/cancel")

    assert [job["status"] for job in feature_jobs(ready)] == ["cancelled"]


@pytest.mark.parametrize(
    ("recipe", "options", "said"),
    [
        ({"augmentation": "crop"}, {}, "leave 'augmentation' out of the recipe"),
        ({"mix": "cutmix"}, {}, "leave 'mix' out of the recipe"),
        ({"test_flips": True}, {}, "leave 'test_flips' out of the recipe"),
        ({}, {"drop_rate": 0.2}, "option 'drop_rate'"),
        ({}, {"layer_decay": 0.5}, "option 'layer_decay'"),
        ({}, {"pretrained": False}, "option 'train'"),
        ({}, {"train": "hed"}, "option 'train'"),
    ],
)
def test_what_has_no_effect_on_a_head_is_refused(
    untouched: Service, recipe: dict[str, Any], options: dict[str, Any], said: str
) -> None:
    options = OPTIONS | options
    job = {"architecture": NETWORK, "options": options}
    comparison = {"architectures": ["cnn", {"name": NETWORK, "options": options}]}
    for path, body in (("/v1/jobs", job), ("/v1/comparisons", comparison)):
        answer = untouched.http.post(path, json={"dataset": "digits", "recipe": recipe} | body)
        assert said in untouched.refused(answer, 422)


def _take_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of bits: the same engine is taken each time, whichever is faster just now."""
    first = trials.extractors
    monkeypatch.setattr(trials, "extractors", lambda *given: [next(first(*given))])
