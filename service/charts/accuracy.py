"""Accuracy."""

import numpy as np
from matplotlib.axes import Axes

from service.analysis.formats import accuracy_words
from service.analysis.leaderboard import leaderboard
from service.analysis.leaderboard_row import LeaderboardRow
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart, Series
from service.charts.drawing.rows import row_chart
from service.charts.drawing.scales import percent
from service.charts.drawing.style import marks, style_of


@charts.register
def accuracy(results: ComparisonResults) -> Chart:
    """Accuracy.

    Test accuracy at the end, best first: each training a small mark, the mean a large one with its 95 %
    confidence interval. Hollow: accuracy on the train split; the distance is the generalisation gap.
    """
    rows = leaderboard(results)
    series: list[Series] = []
    for place, row in enumerate(rows):
        series += _series(results, row, place)

    def decorate(axes: Axes) -> None:
        for place, row in enumerate(rows):
            _draw_lines(axes, row, place, style_of(results, row.architecture).colour)
        percent(axes, "x")

    return row_chart(
        [(row.architecture, accuracy_words(row.test_accuracy)) for row in rows],
        series,
        x=f"accuracy  (filled: test, with every {results.repeat} and 95 % interval; hollow: train)",
        decorate=decorate,
    )


def _series(results: ComparisonResults, row: LeaderboardRow, place: int) -> list[Series]:
    name, style = row.architecture, style_of(results, row.architecture)
    of_each = [result["test"]["accuracy"] for result in results.results_of(name)]
    of_each_style = marks("|", 13, style.colour)
    test_style = marks(style.marker, 8, style.colour)
    train_style = marks(style.marker, 8, style.colour, face="white")
    return [
        Series(
            f"{name}, test, by {results.repeat}", of_each, [place] * len(of_each), of_each_style
        ),
        Series(f"{name}, test, mean", [row.test_accuracy.mean or 0.0], [place], test_style),
        Series(f"{name}, train, mean", [row.train_accuracy.mean or 0.0], [place], train_style),
    ]


def _draw_lines(axes: Axes, row: LeaderboardRow, place: int, colour: str) -> None:
    """Draw a thin line from test to train accuracy, and a thick one over the interval of the test."""
    gap = [row.test_accuracy.mean or 0.0, row.train_accuracy.mean or 0.0]
    axes.plot(gap, [place, place], color=colour, alpha=0.3, zorder=1)
    if interval := row.test_accuracy.interval:
        ends = np.clip(interval, 0.0, 1.0)  # no accuracy lies outside
        axes.plot(ends, [place, place], color=colour, linewidth=3, zorder=1)
