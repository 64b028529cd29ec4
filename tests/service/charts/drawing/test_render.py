"""A chart as bytes."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from service.analysis.results import ComparisonResults
from service.charts import make_chart
from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.render import render

Make = Callable[..., ComparisonResults]


def test_a_png_does_not_tell_when_it_was_drawn(make: Make) -> None:
    first, again = (render(make_chart("accuracy", make()), "png") for _ in range(2))

    assert first == again


def test_an_svg_is_as_wide_as_asked(make: Make) -> None:
    root = ET.fromstring(render(make_chart("accuracy", make()), "svg", width=777))  # noqa: S314 - our own

    assert root.get("width") == "777"
    _, _, wide, high = map(float, str(root.get("viewBox")).split())
    assert float(str(root.get("height"))) == pytest.approx(777 * high / wide, abs=1)


def test_an_svg_is_well_formed_and_loads_nothing(make: Make) -> None:
    content = render(make_chart("learning_curves", make()), "svg")

    ET.fromstring(content)  # noqa: S314 - our own
    links = [line for line in content.decode().splitlines() if "href=" in line]
    assert all('href="#' in line for line in links)


def test_what_is_not_finite_is_null_in_the_json() -> None:
    series = Series("a", [1, 2], [0.5, float("nan")], {"color": "black"})
    chart = Chart([Panel([series], matrices=[[[float("inf"), 1.0]]])], height=3)

    [panel] = chart.data["panels"]
    assert panel["series"] == [{"label": "a", "x": [1, 2], "y": [0.5, None]}]
    assert panel["matrices"] == [[[None, 1.0]]]
    assert render(chart, "json")
    assert render(chart, "png")
