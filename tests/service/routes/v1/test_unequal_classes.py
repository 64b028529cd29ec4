"""A dataset of classes of unequal size, of which the test split lacks one, from upload to report."""

import csv
import io
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from service.charts import charts
from tests.service.conftest import Service, started

ROOT = "/v1/comparisons/latest"
BALANCES = ("none", "weights", "sampling")
TRAIN, TEST = np.repeat([0, 1, 2], [60, 12, 8]), np.repeat([0, 1], [20, 4])


@pytest.fixture(scope="module")
def unequal(
    tmp_path_factory: pytest.TempPathFactory, npz: Callable[..., bytes]
) -> Iterator[Service]:
    """A job with each way of balancing, and then a comparison of two networks with weights."""
    generator = np.random.default_rng(0)
    images = [generator.integers(0, 255, (len(y), 8, 8), dtype=np.uint8) for y in (TRAIN, TEST)]
    content = npz(x_train=images[0], y_train=TRAIN, x_test=images[1], y_test=TEST)
    for service in started(tmp_path_factory.mktemp("unequal") / "data"):
        headers = {"Content-Type": "application/octet-stream"}
        answer = service.http.put("/v1/datasets/mine", content=content, headers=headers)
        assert answer.status_code == 201, answer.text
        for balance in BALANCES:
            recipe = {"epochs": 2, "batch_size": 16, "balance": balance}
            body = {"dataset": "mine", "architecture": "fully_connected", "recipe": recipe}
            assert service.http.post("/v1/jobs", json=body).status_code == 202
        networks = {"architectures": ["fully_connected", "cnn"], "seeds": 2}
        body = {"dataset": "mine", "recipe": {"epochs": 2, "balance": "weights"}, **networks}
        assert service.http.post("/v1/comparisons", json=body).status_code == 202
        service.work(jobs=len(BALANCES) + 4)
        yield service


def test_each_way_of_balancing_is_another_recipe_and_another_training(unequal: Service) -> None:
    listed = unequal.http.get("/v1/jobs?kind=train").json()["items"][::-1][: len(BALANCES)]

    assert [job["status"] for job in listed] == ["succeeded"] * 3
    assert [job["recipe"].get("balance", "omitted") for job in listed] == [
        "omitted",
        "weights",
        "sampling",
    ]
    assert len({job["recipe_hash"] for job in listed}) == 3
    models = [unequal.http.get(f"/v1/models/{job['model_id']}").json() for job in listed]
    assert len({model["weights_sha256"] for model in models}) == 3


def test_a_class_without_test_images_has_no_recall_and_counts_in_no_average(
    unequal: Service,
) -> None:
    result = unequal.http.get("/v1/jobs/latest").json()["result"]

    *present, absent = result["per_class"]
    assert (absent["support"], absent["recall"], absent["f1"], absent["auc"]) == (
        0,
        None,
        None,
        None,
    )
    assert [scores["support"] for scores in present] == [20, 4]
    for average, name in (
        ("balanced_accuracy", "recall"),
        ("macro_f1", "f1"),
        ("macro_auc", "auc"),
    ):
        mean = sum(scores[name] for scores in present) / 2
        assert result[average] == pytest.approx(mean, abs=1e-6)
    assert result["confusion_matrix"][2] == [0, 0, 0]
    assert result["roc"][2]["auc"] is None


def test_the_leaderboard_and_its_tables_have_the_averages(unequal: Service) -> None:
    rows = unequal.http.get(f"{ROOT}/leaderboard?sort=balanced_accuracy").json()["items"]
    lines = csv.DictReader(io.StringIO(unequal.http.get(f"{ROOT}/leaderboard.csv").text))
    of_networks = {line["architecture"]: line for line in lines}
    latex = unequal.http.get(f"{ROOT}/leaderboard.tex").text
    markdown = unequal.http.get(f"{ROOT}/report.md").text

    assert rows[0]["balanced_accuracy"]["mean"] >= rows[1]["balanced_accuracy"]["mean"]
    for row in rows:
        assert row["balanced_accuracy"]["n"] == row["macro_f1"]["n"] == 2
        line = of_networks[row["architecture"]]
        assert float(line["balanced_accuracy"]) == row["balanced_accuracy"]["mean"]
        assert float(line["macro_f1_std"]) == row["macro_f1"]["std"]
        assert f"{row['macro_f1']['mean']:.4f}" in latex
        assert f"| {row['macro_f1']['mean']:.4f} |" in markdown
    assert r"balanced accuracy (\%)" in latex
    assert '"balance": "weights"' in markdown


@pytest.mark.parametrize("name", list(charts))
def test_every_chart_is_drawn(unequal: Service, name: str) -> None:
    assert b"<svg" in unequal.http.get(f"{ROOT}/charts/{name}.svg").content
    assert unequal.http.get(f"{ROOT}/charts/{name}.json").status_code == 200


@pytest.mark.parametrize("what", ["statistics", "failures", "overfitting", "report.html"])
def test_what_else_is_said_of_it_is_there(unequal: Service, what: str) -> None:
    assert unequal.http.get(f"{ROOT}/{what}").status_code == 200


def test_an_unknown_way_of_balancing_names_the_known(unequal: Service) -> None:
    body = {"dataset": "mine", "architecture": "cnn", "recipe": {"balance": "luck"}}

    assert "'weights'" in unequal.refused(unequal.http.post("/v1/jobs", json=body), 422)
