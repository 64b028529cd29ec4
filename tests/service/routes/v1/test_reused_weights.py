"""The weights of a trained model are weights to start from, and so is a file without a classifier."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor

from tests.service.conftest import TINY, Service, started
from tests.service.routes.v1.test_pretrained import upload, weights_of
from workers.storage import trained_models
from workers.storage.database import open_database, transaction

pytestmark = pytest.mark.usefixtures("few_digits")

RECIPE = {**TINY, "epochs": 1}
MINE: dict[str, Any] = {"pretrained": "mine", "resolution": 32}
#: How a model comes to be whose weights another training starts from.
MODELS = {
    "from scratch": {},
    "from scratch at a resolution": {"resolution": 32},
    "fine-tuned": MINE,
    "a head": {**MINE, "train": "head"},
    "a head with a hidden layer": {**MINE, "train": "head", "hidden_units": 5},
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    for service in started(tmp_path_factory.mktemp("reused")):
        upload(service)
        yield service


def train(service: Service, options: dict[str, Any], network: str = "test_resnet") -> Any:
    """The job after its training, which may have failed."""
    body = {"dataset": "digits", "architecture": f"timm/{network}", "recipe": RECIPE}
    answer = service.http.post("/v1/jobs", json={**body, "options": options})
    assert answer.status_code == 202, answer.text
    service.work(jobs=2 if options.get("train") == "head" else 1)
    return service.http.get(answer.headers["Location"]).json()


def weights(service: Service, job: dict[str, Any]) -> bytes:
    assert job["status"] == "succeeded", job["error"]
    return bytes(service.http.get(f"/v1/models/{job['model_id']}/weights").content)


def body_of(content: bytes) -> dict[str, Tensor]:
    return {n: tensor for n, tensor in load(content).items() if n.startswith("body.")}


@pytest.mark.parametrize("made", MODELS)
def test_a_head_is_trained_on_the_body_of_a_model_that_comes_back(
    installed: Service, made: str
) -> None:
    before = weights(installed, train(installed, MODELS[made]))
    upload(installed, "back", before)
    job = train(installed, {"pretrained": "back", "resolution": 32, "train": "head"})
    after = body_of(weights(installed, job))

    if made == "from scratch":  # on grey images: its stem has one channel, that of a backbone three
        expected = {f"body.{n}": t for n, t in load(before).items() if not n.startswith("fc.")}
        stem = expected.pop("body.conv1.0.weight")
        assert torch.allclose(after.pop("body.conv1.0.weight").sum(dim=1), stem[:, 0], atol=1e-6)
    else:
        expected = body_of(before)
    assert after.keys() == expected.keys()
    assert all(torch.equal(after[name], expected[name]) for name in expected)


def test_pixels_are_scaled_as_the_model_from_scratch_saw_them(installed: Service) -> None:
    job = train(installed, {})
    database = open_database(installed.settings.resolved_database_url)
    with transaction(database, read_only=True) as session:
        model = trained_models.get(session, job["model_id"])
        scale = {"mean": model.mean, "std": model.std}
    upload(installed, "back", weights(installed, job))
    again = load(weights(installed, train(installed, {"pretrained": "back", "resolution": 32})))

    for moment in ("mean", "std"):
        found = again[f"preprocessing.{moment}"].flatten().tolist()
        assert found == pytest.approx(scale[moment] * 3, rel=1e-6)


@pytest.mark.parametrize("made", ["from scratch", "fine-tuned"])
def test_a_transformer_is_resampled_from_the_size_that_it_was_trained_at(
    installed: Service, made: str
) -> None:
    upload(installed, "vit", weights_of("test_vit"))
    options = (
        {"resolution": 48} if made == "from scratch" else {"pretrained": "vit", "resolution": 48}
    )
    upload(installed, "back", weights(installed, train(installed, options, "test_vit")))

    for resolution in (32, 48, 64):
        job = train(installed, {"pretrained": "back", "resolution": resolution}, "test_vit")
        assert job["status"] == "succeeded", job["error"]


def without(names: str) -> bytes:
    return save({n: t for n, t in load(weights_of()).items() if not n.startswith(names)})


def test_a_file_without_a_classifier_is_accepted(installed: Service) -> None:
    upload(installed, "back", without("fc."))
    job = train(installed, {"pretrained": "back", "resolution": 32, "train": "head"})
    after = body_of(weights(installed, job))

    assert all(torch.equal(after[f"body.{n}"], t) for n, t in load(without("fc.")).items())


def test_a_file_that_lacks_more_than_the_classifier_is_refused_with_the_layer(
    installed: Service,
) -> None:
    upload(
        installed, "back", save({n: t for n, t in load(without("fc.")).items() if n != "bn1.bias"})
    )
    job = train(installed, {"pretrained": "back", "resolution": 32})

    assert job["status"] == "failed"
    assert "the weights lack the layer 'bn1.bias'; they are" in job["error"]


def test_the_prefix_of_data_parallel_is_no_part_of_the_names(installed: Service) -> None:
    prefixed = {f"module.{name}": tensor for name, tensor in load(weights_of()).items()}
    upload(installed, "back", save(prefixed))

    assert train(installed, {"pretrained": "back", "resolution": 32})["status"] == "succeeded"


@pytest.mark.parametrize(
    "broken",
    [
        {"preprocessing.mean": torch.zeros(2), "preprocessing.std": torch.ones(2)},
        {"preprocessing.mean": torch.zeros(3), "preprocessing.std": torch.zeros(3)},
        {"preprocessing.mean": torch.zeros(9), "preprocessing.std": torch.ones(9)},
        {"fc.weight": torch.tensor(1.0), "fc.bias": torch.tensor(1.0)},
    ],
)
def test_a_file_that_is_broken_fails_the_job_with_a_sentence(
    installed: Service, broken: dict[str, Tensor]
) -> None:
    upload(installed, "back", save({**load(weights_of()), **broken}))
    job = train(installed, {"pretrained": "back", "resolution": 32})

    assert job["status"] == "failed"
    assert "Error" not in job["error"]
    assert "weights" in job["error"]
