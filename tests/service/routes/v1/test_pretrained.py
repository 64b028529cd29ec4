"""Trainings that start from pretrained weights, through the API and a worker."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save

from models._torchvision import import_torchvision
from tests.service.conftest import TINY, Service, started
from tests.service.routes.v1.predicting import probabilities_by_engine
from workers.kinds import _pretrained

pytestmark = pytest.mark.usefixtures("few_digits")

NETWORK = "timm/test_resnet"
OPTIONS = {"pretrained": "mine", "resolution": 32}
BODY = {"dataset": "digits", "recipe": TINY}


def weights_of(name: str = "test_resnet", licence: str = "mit", seed: int = 1) -> bytes:
    """A file of weights as somebody would upload it, of a network with the head of ImageNet."""
    import_torchvision()
    import timm

    torch.manual_seed(seed)
    return save(timm.create_model(name).state_dict(), {"license": licence})


def upload(service: Service, name: str = "mine", content: bytes | None = None) -> dict[str, Any]:
    answer = service.http.put(f"/v1/weights/{name}", content=content or weights_of())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def enqueue(service: Service, **options: Any) -> Any:
    body = {"dataset": "digits", "architecture": NETWORK, "recipe": TINY}
    return service.http.post("/v1/jobs", json={**body, "options": OPTIONS | options})


def train(service: Service, **options: Any) -> dict[str, Any]:
    """The job after its training, which may have failed."""
    answer = enqueue(service, **options)
    assert answer.status_code == 202, answer.text
    service.work()
    return dict(service.http.get(answer.headers["Location"]).json())


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An installation with a comparison of a network from scratch and a pretrained one."""
    for service in started(tmp_path_factory.mktemp("pretrained")):
        upload(service)
        architectures = ["cnn", {"name": NETWORK, "label": "backbone", "options": OPTIONS}]
        body = {"dataset": "digits", "architectures": architectures, "recipe": TINY, "seeds": 2}
        answer = service.http.post("/v1/comparisons", json=body)
        assert answer.status_code == 202, answer.text
        service.work(jobs=4)
        yield service


def test_the_model_names_the_weights_that_it_started_from(compared: Service) -> None:
    kept = compared.http.get("/v1/weights/mine").json()
    models = compared.http.get("/v1/models", params={"architecture": NETWORK}).json()["items"]

    expected = {name: kept[name] for name in ("name", "sha256", "source", "licence")}
    assert expected["licence"] == "mit"
    assert [model["pretrained"] for model in models] == [expected] * 2
    job = compared.http.get(f"/v1/jobs/{models[0]['job_id']}").json()
    assert job["result"]["pretrained"] == expected


def test_the_leaderboard_and_the_verdict_say_which_had_seen_other_images(
    compared: Service,
) -> None:
    rows = compared.http.get("/v1/comparisons/latest").json()["leaderboard"]
    tested = compared.http.get("/v1/comparisons/latest/statistics").json()
    [verdict] = tested["verdicts"]

    assert {row["architecture"]: row["pretrained"] for row in rows} == {
        "cnn": None,
        "backbone": "mine",
    }
    assert "; backbone was pretrained." in verdict
    assert tested["notes"] == [
        "backbone (mine) had been trained before, on images that were not checked against these; cnn had not."
    ]


@pytest.mark.parametrize("format_", ["html", "md"])
def test_the_report_names_source_licence_and_digest(compared: Service, format_: str) -> None:
    sha256 = compared.http.get("/v1/weights/mine").json()["sha256"]
    report = compared.http.get(f"/v1/comparisons/latest/report.{format_}").text

    assert "started from the weights mine" in report
    assert "licence mit" in report
    assert sha256 in report


def test_every_engine_gives_the_same_probabilities(
    compared: Service, png: Callable[..., bytes]
) -> None:
    [model, _] = compared.http.get("/v1/models", params={"architecture": NETWORK}).json()["items"]
    found = probabilities_by_engine(compared, model["id"], png())

    assert found[0] == pytest.approx(found[1], abs=1e-4)
    assert model["onnx"]["error"] is None
    assert model["onnx"]["parity"]["max_probability_difference"] < 1e-4


def test_a_request_that_names_no_resolution_gets_that_of_the_weights(service: Service) -> None:
    upload(service)
    body = {"dataset": "digits", "architecture": NETWORK, "options": {"pretrained": "mine"}}

    job = service.http.post("/v1/jobs", json=body).json()

    assert job["options"]["resolution"] == 160


def test_weights_of_another_network_fail_the_job_with_the_layer(service: Service) -> None:
    upload(service, content=weights_of("test_efficientnet"))

    job = train(service)

    assert job["status"] == "failed"
    assert "weights of another network" in job["error"]
    assert "'" in job["error"]


def test_a_retry_takes_the_weights_that_were_corrected_since(service: Service) -> None:
    upload(service, content=weights_of("test_efficientnet"))
    failed = train(service)
    right = upload(service)

    assert service.http.post(f"/v1/jobs/{failed['id']}/retry").status_code == 202
    service.work()

    job = service.http.get(f"/v1/jobs/{failed['id']}").json()
    assert job["status"] == "succeeded", job["error"]
    assert job["result"]["pretrained"]["sha256"] == right["sha256"]


def test_weights_that_no_source_has_fail_the_job_with_all_that_was_tried(
    service: Service,
) -> None:
    nobody = {"hub_url": "http://127.0.0.1:1"}
    service.settings = service.settings.model_copy(update=nobody)
    job = train(service, pretrained=True)

    assert job["status"] == "failed"
    for tried in (
        "test_resnet.safetensors in the weights folder",
        "an upload 'test_resnet'",
        "the hub",
    ):
        assert tried in job["error"]
    assert "PUT /v1/weights/test_resnet" in job["error"]


def test_a_mistyped_tag_of_timm_fails_the_job_with_the_nearest(service: Service) -> None:
    body = {**BODY, "architecture": "timm/resnet18", "options": {"pretrained": "a1_in1"}}
    service.http.post("/v1/jobs", json=body)
    service.work()
    [job] = service.http.get("/v1/jobs").json()["items"]

    assert job["status"] == "failed"
    assert "timm has no tag 'a1_in1' for it; did you mean 'a1_in1k'?" in job["error"]


def test_a_file_that_is_lost_is_brought_again_and_the_bits_are_the_same(
    service: Service,
) -> None:
    folder = service.settings.weights_folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mine.safetensors").write_bytes(weights_of())
    first = train(service)
    for kept in Path(service.settings.data).rglob("pretrained/*.safetensors"):
        kept.write_bytes(b"damaged")

    again = train(service)

    assert again["result"]["pretrained"] == first["result"]["pretrained"]
    assert again["result"]["test"] == first["result"]["test"]


def test_weights_of_an_unfinished_job_outlive_their_name(service: Service) -> None:
    kept = upload(service)
    answer = enqueue(service)
    assert answer.status_code == 202
    service.work()
    assert service.http.delete("/v1/weights/mine").status_code == 204
    job = service.http.get(answer.headers["Location"]).json()

    assert job["result"]["pretrained"]["sha256"] == kept["sha256"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"pretrained": False, "train": "head"}, "option 'train' of 'timm/test_resnet' is for a"),
        ({"pretrained": "No Name!"}, "the name of weights is"),
        ({"pretrained": ""}, "the name of weights is"),
        (
            {"pretrained": ["a"]},
            "option 'pretrained' of 'timm/test_resnet': Input should be a valid boolean or",
        ),
        ({"pretrained": ["a"]}, "or the name of weights that were uploaded"),
        ({"pretrained": 1}, "a valid boolean or a valid string"),
        ({"pretrained": "TRUE"}, "'TRUE' is text; for the weights that timm recommends send true"),
        ({"pretrained": "true"}, "'true' is text"),
        ({"pretrained": "mine", "resolution": 2000}, "resolution"),
        ({"pretrained": "mine", "train": "tail"}, "'all' or 'head'"),
        ({"pretrain": True}, "did you mean 'pretrained'?"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_what_would_be_accepted(
    untouched: Service, options: dict[str, Any], sentence: str
) -> None:
    body = {"dataset": "digits", "architecture": NETWORK, "options": options}
    refused = untouched.refused(untouched.http.post("/v1/jobs", json=body), 422)

    assert sentence in refused


@pytest.mark.parametrize(
    ("network", "resolution", "sentence"),
    [
        ("inception_v3", 20, "it takes 96, the smallest multiple of 32 that it does, and 299,"),
        ("test_vit", 100, "it takes 32, the smallest multiple of 32 that it does, and 160,"),
        ("test_resnet", 7, "accepted are 8 to 1024 pixels"),
        ("test_resnet", True, "valid integer"),
        ("test_resnet", 1025, "less than or equal to 1024"),
    ],
)
def test_a_resolution_that_the_network_does_not_take_is_refused_with_those_that_it_does(
    untouched: Service, network: str, resolution: int, sentence: str
) -> None:
    options = {"pretrained": "mine", "resolution": resolution}
    body = {"dataset": "digits", "architecture": f"timm/{network}", "options": options}
    refused = untouched.refused(untouched.http.post("/v1/jobs", json=body), 422)

    assert sentence in refused
    assert "resolution" in refused
    assert "8 × 8" not in refused  # which is the size of the dataset


def test_our_own_networks_have_no_weights_to_start_from(untouched: Service) -> None:
    body = {"dataset": "digits", "architecture": "cnn", "options": {"pretrained": True}}
    refused = untouched.refused(untouched.http.post("/v1/jobs", json=body), 422)

    assert "has no option 'pretrained'" in refused


def test_lack_of_memory_is_not_said_of_the_weights(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhaust(*_: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(_pretrained, "load_weights", exhaust)
    upload(service)

    job = train(service)

    assert job["status"] == "failed"
    assert job["error"].startswith(f"out of memory while '{NETWORK}' was built")
