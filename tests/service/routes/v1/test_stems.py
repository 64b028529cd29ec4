"""A stem that fits the images is chosen where a request names none, and stored."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from models import ImageShape, architectures
from tests.service.conftest import Service
from workers.training.measuring.network_summary import count_flops, count_parameters

RECIPE = {"epochs": 1, "batch_size": 32}


@pytest.fixture
def large(service: Service, npz: Callable[..., bytes]) -> Service:
    """An installation with a dataset of images of 64 × 100 pixels."""
    drawn = np.random.default_rng(0)
    train, test = (drawn.integers(0, 255, (number, 64, 100), np.uint8) for number in (40, 8))
    answer = service.http.put("/v1/datasets/large", content=npz(2, x_train=train, x_test=test))
    assert answer.status_code == 201, answer.text
    service.work()  # which checks it
    return service


def post_job(service: Service, architecture: str, **changed: Any) -> Any:
    body = {"dataset": "large", "architecture": architecture, "recipe": RECIPE, **changed}
    return service.http.post("/v1/jobs", json=body)


def stored_options(service: Service, architecture: str, **options: Any) -> dict[str, Any]:
    answer = post_job(service, architecture, options=options)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()["options"]
    return found


@pytest.mark.parametrize("name", list(architectures))
def test_a_job_stores_the_stem_that_fits_its_images(large: Service, name: str) -> None:
    assert stored_options(large, name)["stem_stride"] == 2


def test_a_stem_that_is_named_is_kept(large: Service) -> None:
    assert stored_options(large, "cnn", stem_stride=8)["stem_stride"] == 8
    assert "stem_stride" not in stored_options(large, "cnn", stem_stride=1)  # its default


def test_a_stem_that_an_architecture_does_not_have_is_refused_with_those_it_has(
    large: Service,
) -> None:
    answer = post_job(large, "resnet18", options={"stem_stride": 8})

    assert "'stem_stride' of 'resnet18': Input should be 1, 2 or 4" in large.refused(answer, 422)


def test_small_images_keep_the_stem_they_had(trained: Service) -> None:
    for name in architectures:
        shown = trained.http.get(f"/v1/architectures/{name}", params={"dataset": "digits"}).json()
        assert shown["options"]["properties"]["stem_stride"]["default"] == 1
        assert "stem_stride" not in shown["size"]["options"]


def test_a_dataset_that_has_yet_to_be_fetched_counts_as_one_of_small_images(
    service: Service,
) -> None:
    for name in architectures:
        answer = service.http.post("/v1/jobs", json={"dataset": "mnist", "architecture": name})
        assert "stem_stride" not in answer.json()["options"]


def test_every_entry_of_a_comparison_gets_its_stem(large: Service) -> None:
    entries = ["cnn", {"name": "cnn", "label": "whole", "options": {"stem_stride": 1}}, "resnet18"]
    body = {"dataset": "large", "architectures": entries, "recipe": RECIPE, "seeds": 1}

    comparison = large.http.post("/v1/comparisons", json=body).json()

    cnn, whole, resnet18 = (entry["options"] for entry in comparison["architectures"])
    assert cnn == {**whole, "stem_stride": 2}
    assert resnet18 == {"stem_stride": 2}
    assert [job["options"] for job in comparison["jobs"]] == [cnn, whole, resnet18]


def test_the_stem_that_fits_and_the_same_one_by_name_are_the_same_architecture(
    large: Service,
) -> None:
    entries = ["cnn", {"name": "cnn", "label": "named", "options": {"stem_stride": 2}}]

    answer = large.http.post("/v1/comparisons", json={"dataset": "large", "architectures": entries})

    assert "'cnn' and 'named' are the same architecture" in large.refused(answer, 422)


def test_an_architecture_is_counted_with_the_stem_that_fits(large: Service) -> None:
    shown = large.http.get("/v1/architectures/cnn", params={"dataset": "large"}).json()

    size, shape = shown["size"], ImageShape(1, 64, 100)
    network = architectures["cnn"](shape, 2, stem_stride=2)
    assert size["options"] == {"channels": [32, 64], "dropout": 0.0, "stem_stride": 2}
    assert size["num_parameters"] == count_parameters(network)
    assert size["flops"] == count_flops(network, shape)


def test_a_request_that_is_repeated_is_recognised_whatever_stem_was_chosen(large: Service) -> None:
    body = {"dataset": "large", "architecture": "cnn", "recipe": RECIPE}
    headers = {"Idempotency-Key": "tuesday"}

    first, again = (
        large.http.post("/v1/jobs", json=body, headers=headers).json() for _ in range(2)
    )

    assert first["id"] == again["id"]


def test_a_model_is_trained_and_served_with_its_stem(large: Service) -> None:
    post_job(large, "residual_cnn").raise_for_status()
    large.work()

    job = large.http.get("/v1/jobs/latest").json()
    assert job["status"] == "succeeded", job["error"]
    model = large.http.get("/v1/models/latest").json()
    network = architectures["residual_cnn"](ImageShape(1, 64, 100), 2, stem_stride=2)
    assert model["options"]["stem_stride"] == 2
    assert job["result"]["num_parameters"] == count_parameters(network)
    pixels = np.zeros((1, 64, 100), int).tolist()
    answer = large.http.post("/v1/models/latest/predictions", json={"instances": pixels})
    assert answer.status_code == 200, answer.text
