"""Parameters against accuracy."""

import functools
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter

from service.analysis.leaderboard import leaderboard
from service.analysis.leaderboard_row import LeaderboardRow
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.labels import Point, label_points
from service.charts.drawing.scales import log_scale, percent
from service.charts.drawing.style import NORMAL, marks, style_of

MAX_NAMED = 6  # names beside their points; more are listed on the right


@charts.register
def parameters_against_accuracy(results: ComparisonResults) -> Chart:
    """Parameters against accuracy.

    Size (log scale) and mean test accuracy of every network, with its 95 % confidence interval: up
    and left is better.
    """
    rows = leaderboard(results)
    styles = [style_of(results, row.architecture) for row in rows]
    series = [
        Series(
            row.architecture,
            [row.num_parameters],
            [row.test_accuracy.mean or 0.0],
            marks(style.marker, 9, style.colour),
        )
        for row, style in zip(rows, styles, strict=True)
    ]
    panel = Panel(
        series,
        x="parameters, log scale",
        y="test accuracy, mean and 95 % interval",
        grid="both",
        decorate=functools.partial(
            _decorate, rows=rows, colours=[style.colour for style in styles]
        ),
    )
    return Chart([panel], height=4.8)


def _decorate(axes: Axes, rows: Sequence[LeaderboardRow], colours: Sequence[str]) -> None:
    marked = list(axes.lines)
    names = [f"{row.architecture}, {row.num_parameters:,}" for row in rows]
    for row, colour in zip(rows, colours, strict=True):
        if interval := row.test_accuracy.interval:
            axes.plot([row.num_parameters] * 2, interval, color=colour, linewidth=1.5, zorder=1)
    log_scale(axes, "x", text=EngFormatter(sep=" "))
    axes.margins(x=0.15, y=0.15)
    percent(axes)
    if len(rows) > MAX_NAMED:
        axes.legend(
            handles=marked,
            labels=names,
            loc="upper left",
            bbox_to_anchor=(1.02, 1.0),
            borderaxespad=0.0,
            frameon=False,
            fontsize=NORMAL,
            labelcolor="linecolor",
        )
        return
    label_points(
        axes,
        [
            Point(row.num_parameters, row.test_accuracy.mean or 0.0, name, colour)
            for row, name, colour in zip(rows, names, colours, strict=True)
        ],
    )
