"""Paired tests over HTTP, between networks that have really been trained."""

import shutil

import numpy as np
import pytest

from service.routes.v1 import statistics

ROOT = "/v1/comparisons/latest"


def test_every_pair_is_tested_on_the_images_and_seeds_it_shares(trained):
    tested = trained.http.get(f"{ROOT}/statistics").json()

    [pair] = tested["pairs"]
    board = {
        row["architecture"]: row["test_accuracy"]["mean"]
        for row in trained.http.get(ROOT).json()["leaderboard"]
    }
    assert {pair["better"], pair["worse"]} == {"fully_connected", "cnn"}
    assert pair["seeds"] == [0, 1]
    assert pair["images"] == 297
    expected = board[pair["better"]] - board[pair["worse"]]
    assert pair["difference"] == pytest.approx(expected, abs=1e-6)
    flips = np.mean([seed["right_to_wrong"] - seed["wrong_to_right"] for seed in pair["mcnemar"]])
    assert flips / 297 == pytest.approx(pair["difference"])
    assert pair["low"] <= pair["difference"] <= pair["high"]
    assert pair["p"] == max(pair["mcnemar_p"], pair["p_with_seeds"])
    assert tested["left_out"] == []


def test_the_verdict_agrees_with_the_finding(trained):
    tested = trained.http.get(f"{ROOT}/statistics").json()

    [pair], [verdict] = tested["pairs"], tested["verdicts"]
    assert ("beats" in verdict) == (pair["finding"] == "better")
    assert "n = 2 seeds × 297 images" in verdict
    assert verdict in trained.http.get(f"{ROOT}/report.md").text


def test_the_margin_is_that_of_the_request(trained):
    wide = trained.http.get(f"{ROOT}/statistics", params={"margin": 0.5}).json()
    narrow = trained.http.get(f"{ROOT}/statistics", params={"margin": 0.001}).json()

    assert (wide["margin"], narrow["margin"]) == (0.5, 0.001)
    assert wide["pairs"][0]["equivalence_p"] <= narrow["pairs"][0]["equivalence_p"]


@pytest.mark.parametrize("margin", ["0", "-1", "0.6", "x", "nan"])
def test_an_impossible_margin_is_refused(trained, margin):
    answer = trained.http.get(f"{ROOT}/statistics", params={"margin": margin})

    assert "margin" in trained.refused(answer, 422)


def test_before_the_first_result_there_is_nothing_to_test(service):
    body = {"dataset": "digits", "architectures": ["cnn"], "seeds": 1}
    service.http.post("/v1/comparisons", json=body)

    assert "succeeded" in service.refused(service.http.get(f"{ROOT}/statistics"), 409)
    service.refused(service.http.get("/v1/comparisons/abc/statistics"), 404)


def test_without_its_predictions_a_network_takes_no_part_in_tests(service):
    body = {"dataset": "digits", "architectures": ["cnn", "fully_connected"], "seeds": 1}
    service.http.post("/v1/comparisons", json=body | {"recipe": {"epochs": 1}})
    service.work(jobs=2)
    shutil.rmtree(service.settings.data / "artifacts" / "predictions")

    tested = service.http.get(f"{ROOT}/statistics").json()

    assert tested["pairs"] == []
    assert tested["left_out"] == ["cnn and fully_connected"]
    assert service.http.get(f"{ROOT}/report.html").status_code == 200
    assert len(service.http.get(ROOT).json()["leaderboard"]) == 2


def test_the_tests_are_computed_once(trained, monkeypatch):
    first = trained.http.get(f"{ROOT}/statistics")
    monkeypatch.setattr(statistics, "compare_pairs", None)
    again = {"If-None-Match": first.headers["ETag"]}

    assert trained.http.get(f"{ROOT}/statistics").json() == first.json()
    assert trained.http.get(f"{ROOT}/statistics", headers=again).status_code == 304
