"""A contract over the registry: every chart can draw every comparison, and its JSON keeps its form."""

import io
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from service.analysis.results import ComparisonResults, IncomparableError
from service.charts import charts, make_chart, title_of
from service.charts.drawing.chart import Panel
from service.charts.drawing.render import render
from service.charts.drawing.themes import GROUND, Theme, apply_theme, contrast

Make = Callable[..., ComparisonResults]
every_chart = pytest.mark.parametrize("name", list(charts))

#: Titles, axes and labels of two networks of three classes with two seeds: what a client may look for.
LABELS = json.loads((Path(__file__).parent / "labels.json").read_text())


@every_chart
@pytest.mark.parametrize(
    ("architectures", "seeds", "epochs", "classes"),
    [(1, 1, 1, 2), (3, 3, 5, 10), (12, 10, 100, 10), (2, 2, 3, 100)],
)
def test_a_chart_draws_small_and_large_comparisons(
    name: str, make: Make, architectures: int, seeds: int, epochs: int, classes: int
) -> None:
    chart = make_chart(name, make(architectures, seeds, epochs, classes))

    assert render(chart, "png").startswith(b"\x89PNG")
    assert chart.title
    assert chart.note or any(panel.series or panel.matrices for panel in chart.panels)
    assert architectures == 1 or not chart.note


@every_chart
@pytest.mark.parametrize("architectures", [1, 12])
def test_the_json_of_a_chart_has_its_form(name: str, make: Make, architectures: int) -> None:
    data = json.loads(
        render(make_chart(name, make(architectures)), "json"), parse_constant=pytest.fail
    )

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


def test_the_json_holds_the_numbers_that_are_drawn(make: Make) -> None:
    results = make(architectures=2, seeds=1)
    chart = make_chart("learning_curves", results)

    [train_loss] = [panel for panel in chart.data["panels"] if panel["title"] == "train loss"]
    line = next(line for line in train_loss["series"] if line["label"] == "network_1")
    assert line["y"] == pytest.approx(results.runs_of("network_1")[0].curve("train_loss"))
    [drawn] = [line for line in chart.figure().axes[0].lines if line.get_label() == "network_1"]
    assert np.asarray(drawn.get_ydata()).tolist() == line["y"]


@every_chart
def test_a_chart_copes_with_jobs_that_wait_or_have_failed(
    name: str, unfinished: ComparisonResults
) -> None:
    chart = make_chart(name, unfinished)

    assert render(chart, "svg").startswith(b"<?xml")
    assert json.loads(render(chart, "json"))


@every_chart
def test_the_same_results_give_the_same_bytes(name: str, make: Make) -> None:
    first, again = (render(make_chart(name, replace(make())), "svg") for _ in range(2))

    assert first == again


@every_chart
def test_every_chart_states_its_evidence(name: str, make: Make) -> None:
    footer = make_chart(name, make(seeds=3)).figure().get_supxlabel()

    for evidence in ("n = 3 seeds", "digits", "recipe 0123456789", "a processor"):
        assert evidence in footer


@every_chart
def test_a_chart_can_stand_on_dark_ground_at_any_width(name: str, make: Make) -> None:
    chart = make_chart(name, make(architectures=9, seeds=2))
    png = render(chart, "png", theme=Theme.DARK, width=600)

    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) / 255
    assert picture.shape[1] == 600
    assert tuple(picture[0, 0]) == pytest.approx(to_rgb(GROUND), abs=0.01)
    figure = chart.figure()
    apply_theme(figure, Theme.DARK)
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    cells = [text for axes in figure.axes if axes.images for text in axes.texts]
    for text in texts:
        if text not in cells:  # those stand on shades of their own
            assert contrast(text.get_color(), GROUND) >= 4.5, text.get_text()


@every_chart
def test_a_chart_has_a_title_and_a_description(name: str) -> None:
    assert title_of(name)
    assert len(charts.description(name).partition("\n\n")[2]) > 40


@every_chart
def test_nothing_is_drawn_outside_the_picture(name: str, make: Make) -> None:
    figure = make_chart(name, make(architectures=5)).figure()
    figure.draw_without_rendering()
    inked = figure.get_tightbbox()

    width, height = figure.get_size_inches()
    assert inked.x0 >= 0
    assert inked.y0 >= 0
    assert inked.x1 <= width
    assert inked.y1 <= height


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


def test_without_any_result_there_is_no_chart(make: Make) -> None:
    nothing = replace(make(architectures=1, seeds=1), runs=())

    for name in charts:
        with pytest.raises(IncomparableError, match="no job of this comparison has succeeded"):
            make_chart(name, nothing)
