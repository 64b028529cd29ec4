"""Names beside lines: apart, beside their panel, and led to by a line that crosses no other name."""

import itertools

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from service.charts.drawing.chart import Series
from service.charts.drawing.labels import label_ends, move_inside, spread


def test_labels_move_apart_only_as_far_as_they_must() -> None:
    assert spread([0.1, 0.5], 0.1) == [0.1, 0.5]
    assert spread([0.5, 0.5], 0.1) == pytest.approx([0.45, 0.55])
    assert spread([0.48, 0.5, 0.52], 0.1) == pytest.approx([0.4, 0.5, 0.6])


def test_labels_stay_beside_their_panel_where_there_is_room() -> None:
    assert move_inside([-0.2, -0.1, 0.5], 0.1) == pytest.approx([0.05, 0.15, 0.5])
    assert move_inside([0.5, 1.0, 1.1], 0.1) == pytest.approx([0.5, 0.85, 0.95])
    assert move_inside([0.3, 0.4], 0.1) == pytest.approx([0.3, 0.4])


def test_lines_that_end_together_are_named_one_below_the_other() -> None:
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    lines = [
        Series(f"line {number}", [0, 1, 2], [number, 1.0, float("nan")], {"color": "black"})
        for number in range(5)
    ]
    for line in lines:
        line.draw(axes)
    label_ends(axes, lines)
    figure.draw_without_rendering()

    boxes = [Text.get_window_extent(text) for text in axes.texts]  # without their leaders
    boxes.sort(key=lambda box: box.y0)
    assert len(boxes) == 5
    assert all(below.y1 <= above.y0 + 1 for below, above in itertools.pairwise(boxes))
    assert {text.xy for text in axes.texts} == {(1, 1.0)}  # the last finite point
