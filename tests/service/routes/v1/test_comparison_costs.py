"""The cost of a comparison over HTTP, before it is asked for."""

import statistics
from typing import Any

import pytest

ROOT = "/v1/comparisons/cost"
BODY = {"dataset": "digits", "architectures": ["cnn"], "recipe": {"epochs": 7}, "seeds": 3}


def cost(service: Any, **changed: Any) -> Any:
    answer = service.http.post(ROOT, json={**BODY, **changed})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_was_trained_before_costs_what_it_cost_then(trained: Any) -> None:
    jobs = [
        trained.http.get(f"/v1/jobs/{job['id']}").json()
        for job in trained.http.get("/v1/comparisons/latest").json()["jobs"]
        if job["architecture"] == "cnn"
    ]
    rates = [
        epoch["images_per_second"]
        for job in jobs
        for epoch in trained.http.get(f"/v1/jobs/{job['id']}/metrics").json()["epochs"]
    ]
    answer = cost(trained)
    [of_cnn] = answer["architectures"]
    images = trained.http.get("/v1/datasets/digits").json()["sizes"]["train"]

    assert of_cnn["images_per_second"] == pytest.approx(statistics.median(rates))
    assert (of_cnn["basis"], of_cnn["num_epochs"], of_cnn["num_jobs"]) == ("measured", 4, 2)
    assert of_cnn["device"] == jobs[0]["result"]["device_name"]
    assert of_cnn["num_parameters"] == jobs[0]["result"]["num_parameters"]
    assert of_cnn["flops"] == jobs[0]["result"]["flops"]
    assert of_cnn["options"] == jobs[0]["options"]
    assert of_cnn["seconds_per_job"] == pytest.approx(7 * images / of_cnn["images_per_second"])
    assert answer["num_jobs"] == 3
    assert answer["seconds"] == of_cnn["seconds"] == pytest.approx(3 * of_cnn["seconds_per_job"])


def test_what_was_never_trained_is_scaled_by_flops_and_says_so(trained: Any) -> None:
    wide = {"name": "cnn", "label": "wide", "options": {"channels": [64, 128]}}
    answer = cost(trained, architectures=["cnn", wide])
    narrow, scaled = answer["architectures"]

    assert (narrow["basis"], scaled["basis"]) == ("measured", "scaled")
    assert (scaled["label"], scaled["name"]) == ("wide", "cnn")
    assert scaled["flops"] > narrow["flops"]
    assert answer["seconds"] == pytest.approx(narrow["seconds"] + scaled["seconds"])


def test_with_folds_each_job_trains_on_the_others_less_a_tenth(trained: Any) -> None:
    sizes = trained.http.get("/v1/datasets/digits").json()["sizes"]
    answer = cost(trained, seeds=1, folds=5)

    assert answer["num_jobs"] == 5
    assert answer["train_images"] == pytest.approx(sum(sizes.values()) * 0.8 * 0.9, abs=1)


def test_nothing_is_enqueued(trained: Any) -> None:
    before = trained.http.get("/v1/comparisons").json()
    cost(trained)

    assert trained.http.get("/v1/comparisons").json() == before


def test_of_a_dataset_that_is_not_there_nothing_is_known(service: Any) -> None:
    answer = cost(service)
    [of_cnn] = answer["architectures"]

    assert (answer["seconds"], answer["train_images"], answer["num_jobs"]) == (None, None, 3)
    assert (of_cnn["basis"], of_cnn["flops"], of_cnn["seconds"]) == ("unknown", None, None)


def test_where_nothing_was_trained_the_size_alone_is_known(service: Any, npz: Any) -> None:
    service.http.put("/v1/datasets/mine", content=npz(2))
    [of_cnn] = cost(service, dataset="mine")["architectures"]

    assert of_cnn["flops"] > 0
    assert (of_cnn["basis"], of_cnn["seconds"]) == ("unknown", None)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"architectures": ["cn"]}, "did you mean 'cnn'?"),
        ({"architectures": ["cnn", {"name": "cnn", "label": "again"}]}, "the same architecture"),
        ({"dataset": "digit"}, "did you mean 'digits'?"),
        ({"recipe": {"epochs": 0}}, "recipe.epochs"),
        ({"jobs": ["a", "b"]}, "jobs"),
        ({"architectures": [{"name": "cnn", "options": {"dropout": 7}}]}, "dropout"),
    ],
)
def test_what_would_be_refused_is_refused(trained: Any, changed: Any, said: str) -> None:
    answer = trained.http.post(ROOT, json={**BODY, **changed})

    assert said in trained.refused(answer, 422)
