"""Training heads on the features of a backbone over HTTP, with the worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from models import ImageShape, architectures
from tests.service.conftest import Service, started

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
    """An installation with weights, and nothing trained."""
    for service in started(folder):
        answer = service.http.put("/v1/weights/mine", content=weights())
        assert answer.status_code == 201, answer.text
        yield service


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
