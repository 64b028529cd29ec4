"""The JSON of charts, which clients read: its form, its labels, and a note where there is nothing."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.analysis.results import ComparisonResults
from service.charts import charts, make_chart
from service.charts.drawing.chart import Panel
from service.charts.drawing.render import render

Make = Callable[..., ComparisonResults]
every_chart = pytest.mark.parametrize("name", list(charts))

#: Titles, axes and labels of two networks of three classes with two seeds: what a client may look for.
LABELS = json.loads((Path(__file__).parent / "labels.json").read_text())


@every_chart
@pytest.mark.parametrize(("architectures", "folds"), [(1, None), (12, None), (3, 5)])
def test_the_json_of_a_chart_has_its_form(
    name: str, make: Make, architectures: int, folds: int | None
) -> None:
    chart = make_chart(name, make(architectures, folds=folds))
    data = json.loads(render(chart, "json"), parse_constant=pytest.fail)

    assert set(data) in ({"panels"}, {"panels", "note"})
    assert ("note" in data) == (data["panels"] == [])
    for panel in data["panels"]:
        assert set(panel) - {"matrices"} == {"title", "x", "y", "series"}
        assert all(isinstance(panel[text], str) for text in ("title", "x", "y"))
        labels = [series["label"] for series in panel["series"]]
        assert len(set(labels)) == len(labels)
        assert all(labels)
        for series in panel["series"]:
            assert set(series) == {"label", "x", "y"}
            assert len(series["x"]) == len(series["y"])
            assert all(_is_number(value) for value in series["x"] + series["y"])
        for matrix in panel.get("matrices", []):
            assert all(_is_number(value) for row in matrix for value in row)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and math.isfinite(value))


@pytest.mark.parametrize("name", list(LABELS))
def test_the_labels_in_the_json_stay(name: str, make: Make) -> None:
    def labels(panel: Panel) -> Any:
        listed = [series["label"] for series in panel.data["series"]]
        return {"title": panel.title, "x": panel.x, "y": panel.y, "labels": listed}

    chart = make_chart(name, make(architectures=2, seeds=2, epochs=3, classes=3))

    assert [labels(panel) for panel in chart.panels] == LABELS[name]


@every_chart
def test_where_folds_were_the_test_no_label_speaks_of_seeds_alone(name: str, make: Make) -> None:
    chart = make_chart(name, make(architectures=2, seeds=1, folds=5))

    for panel in chart.panels:
        words = [panel.title, panel.x, panel.y, *(series.label for series in panel.series)]
        assert all("seed" not in text or ", fold 1" in text for text in words)


def test_the_json_holds_the_numbers_that_are_drawn(make: Make) -> None:
    results = make(architectures=2, seeds=1)
    chart = make_chart("learning_curves", results)

    [train_loss] = [panel for panel in chart.data["panels"] if panel["title"] == "train loss"]
    line = next(line for line in train_loss["series"] if line["label"] == "network_1")
    assert line["y"] == pytest.approx(results.runs_of("network_1")[0].curve("train_loss"))
    [drawn] = [line for line in chart.figure().axes[0].lines if line.get_label() == "network_1"]
    assert np.asarray(drawn.get_ydata()).tolist() == line["y"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("differences", "no two networks"),
        ("confidently_wrong", "no predictions"),
        ("only_one_right", "no predictions"),
        ("reliability", "no training has kept its calibration"),
        ("update_ratios", "no training has kept this number"),
    ],
)
def test_where_there_is_nothing_to_draw_a_note_explains_why(
    make: Make, name: str, why: str
) -> None:
    whole = make(architectures=2)
    older = tuple(
        replace(
            run,
            epochs={key: of for key, of in run.epochs.items() if "update_ratio/" not in key},
            result={key: of for key, of in (run.result or {}).items() if key != "ece"},
        )
        for run in whole.runs
    )
    chart = make_chart(name, replace(whole, runs=older, predictions={}))

    assert why in chart.data["note"]
    assert chart.data["panels"] == []
    assert render(chart, "png")


@pytest.mark.parametrize("name", ["differences", "only_one_right"])
def test_one_network_alone_is_compared_with_no_other(make: Make, name: str) -> None:
    assert "no" in make_chart(name, make(architectures=1)).note
