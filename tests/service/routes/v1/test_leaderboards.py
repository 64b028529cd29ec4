"""The leaderboard, sorted and as a table for other programs."""

import csv
import io

import pytest

from service.analysis.leaderboard import SortBy

ROOT = "/v1/comparisons/latest"


@pytest.mark.parametrize("column", list(SortBy))
def test_the_leaderboard_is_sorted_by_any_column(trained, column):
    rows = trained.http.get(f"{ROOT}/leaderboard", params={"sort": column}).json()["items"]

    assert [row["rank"] for row in rows] == [1, 2]
    assert column in rows[0]


def test_an_unknown_column_names_the_known(trained):
    answer = trained.http.get(f"{ROOT}/leaderboard", params={"sort": "beauty"})

    assert "test_accuracy" in trained.refused(answer, 422)


def test_a_leaderboard_has_calibration_and_fronts(trained):
    rows = trained.http.get(f"{ROOT}/leaderboard").json()["items"]

    assert rows[0]["pareto"]["num_parameters"]  # the most accurate is on every front
    for row in rows:
        assert 0 <= row["ece"]["mean"] <= 1
        assert 0 <= row["brier"]["mean"] <= 2


def test_the_csv_has_every_number(trained):
    rows = trained.http.get(f"{ROOT}/leaderboard").json()["items"]
    answer = trained.http.get(f"{ROOT}/leaderboard.csv")

    assert answer.headers["Content-Type"].startswith("text/csv")
    read = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["architecture"] for line in read] == [row["architecture"] for row in rows]
    for line, row in zip(read, rows, strict=True):
        assert float(line["test_accuracy"]) == row["test_accuracy"]["mean"]
        assert float(line["ece_std"]) == row["ece"]["std"]
        assert line["pareto_flops"] == str(row["pareto"]["flops"])


def test_what_a_spreadsheet_would_run_and_latex_would_read_stays_text(service):
    label = "=1+2 & 50% of $x_1$"
    body = {"dataset": "digits", "architectures": [{"name": "cnn", "label": label}], "seeds": 1}
    service.http.post("/v1/comparisons", json=body | {"recipe": {"epochs": 1}})
    service.work()

    table = service.http.get(f"{ROOT}/leaderboard.tex").text
    [row] = csv.DictReader(io.StringIO(service.http.get(f"{ROOT}/leaderboard.csv").text))

    assert r"=1+2 \& 50\% of \$x\_1\$ & 1 & " in table
    assert r"\begin{tabular}{lrrrrrrrrr}" in table
    assert row["architecture"] == f"'{label}"
    assert row["test_accuracy_std"] == ""


def test_without_a_result_the_tables_have_a_head_alone(service):
    body = {"dataset": "digits", "architectures": ["cnn"], "seeds": 1}
    service.http.post("/v1/comparisons", json=body)

    assert service.http.get(f"{ROOT}/leaderboard.csv").text == "rank,architecture\r\n"
    assert r"\midrule" in service.http.get(f"{ROOT}/leaderboard.tex").text
