"""Architectures over HTTP."""

import pytest

from models import architectures


def test_every_architecture_is_listed_with_its_options(service):
    items = service.http.get("/v1/architectures").json()["items"]

    assert [item["name"] for item in items] == list(architectures)
    cnn = next(item for item in items if item["name"] == "cnn")
    assert cnn["options"]["properties"]["dropout"]["maximum"] == 0.9
    assert cnn["description"]


@pytest.mark.parametrize("name", list(architectures))
def test_an_architecture_is_counted_for_a_dataset(trained, name):
    size = trained.http.get(f"/v1/architectures/{name}", params={"dataset": "digits"}).json()[
        "size"
    ]

    assert size["num_parameters"] == sum(layer["num_parameters"] for layer in size["layers"])
    assert size["flops"] > 0
    assert size["layers"][-1]["output_shape"] == [10]


def test_a_dataset_that_is_absent_unknown_or_strange_is_refused(service):
    for dataset, status in (("mnist", 404), ("nothing", 404), ("../x", 422)):
        answer = service.http.get("/v1/architectures/cnn", params={"dataset": dataset})
        service.refused(answer, status)


def test_an_unknown_architecture_suggests_the_nearest(service):
    answer = service.http.get("/v1/architectures/cn")

    assert service.refused(answer, 404) == "unknown architecture 'cn'; did you mean 'cnn'?"
