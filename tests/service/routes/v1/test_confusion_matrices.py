"""Confusion matrices as numbers, of networks that have really been trained."""

from typing import Any

import numpy as np

ROOT = "/v1/comparisons/latest"


def test_the_cells_are_the_mean_over_the_seeds(trained: Any) -> None:
    jobs = [job for job in trained.http.get(ROOT).json()["jobs"] if job["architecture"] == "cnn"]
    results = [trained.http.get(f"/v1/jobs/{job['id']}").json()["result"] for job in jobs]
    expected = np.mean([result["confusion_matrix"] for result in results], axis=0)

    query = {"architecture": "cnn"}
    answer = trained.http.get(f"{ROOT}/confusion_matrix", params=query).json()

    counts = np.diag(answer["right"])
    for cell in answer["items"]:
        counts[cell["true"], cell["predicted"]] = cell["images"]
        assert cell["share"] == cell["images"] / answer["images"][cell["true"]]
    assert counts.tolist() == expected.tolist()
    assert answer["num_trainings"] == 2
    assert answer["total"] == len(answer["items"])
    images = [cell["images"] for cell in answer["items"]]
    assert images == sorted(images, reverse=True)


def test_only_the_first_cells_are_given_where_that_is_asked(trained: Any) -> None:
    query = {"architecture": "cnn", "limit": 1}
    answer = trained.http.get(f"{ROOT}/confusion_matrix", params=query).json()

    assert len(answer["items"]) == 1
    assert answer["total"] > 1


def test_an_architecture_that_is_not_compared_is_refused(trained: Any) -> None:
    answer = trained.http.get(f"{ROOT}/confusion_matrix", params={"architecture": "vit"})

    assert "cnn" in trained.refused(answer, 422)


def test_an_architecture_without_a_result_is_refused(service: Any) -> None:
    body = {"dataset": "digits", "architectures": ["cnn"], "recipe": {"epochs": 1}, "seeds": 1}
    assert service.http.post("/v1/comparisons", json=body).status_code == 202

    answer = service.http.get(f"{ROOT}/confusion_matrix", params={"architecture": "cnn"})

    assert "has succeeded yet" in service.refused(answer, 409)


def test_a_chart_shows_some_architectures_alone_where_that_is_asked(trained: Any) -> None:
    path = f"{ROOT}/charts/accuracy.json"

    whole = trained.http.get(path).json()
    part = trained.http.get(path, params={"architecture": "cnn"}).json()

    assert {series["label"] for panel in whole["panels"] for series in panel["series"]} > {
        series["label"] for panel in part["panels"] for series in panel["series"]
    }
    assert "fully_connected" not in str(part)
    assert trained.http.get(path, params={"architecture": "vit"}).status_code == 422
