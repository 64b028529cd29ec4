"""Parameters against accuracy."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, NullLocator

from service.analysis.leaderboard import leaderboard
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.style import (
    FAINT,
    NORMAL,
    SMALL,
    LineEnd,
    line_height,
    look,
    new_figure,
    percent,
    spread,
    tidy,
)

MOST_NAMED = 6  # names beside their points; more are listed on the right
WIDE = 200  # highest over lowest, from which on only powers of ten are named


@charts.register
def parameters_against_accuracy(results: ComparisonResults) -> Figure:
    """Parameters against accuracy.

    Size (log scale) and mean test accuracy of every network, with its 95 % confidence interval: up
    and left is better.
    """
    rows = leaderboard(results)
    figure = new_figure(results, "Parameters against accuracy", height=4.8)
    axes = figure.subplots()
    points = []
    for board in rows:
        style = look(results, board.architecture)
        mean = board.test_accuracy.mean or 0.0
        interval = board.test_accuracy.interval
        if interval:
            x = [board.num_parameters] * 2
            axes.plot(x, interval, color=style.colour, linewidth=1.5, label="_interval")
        axes.plot(
            [board.num_parameters],
            [mean],
            linestyle="",
            marker=style.marker,
            markersize=9,
            color=style.colour,
            label=board.architecture,
        )
        words = f"{board.architecture}, {board.num_parameters:,}"
        points.append(LineEnd(board.num_parameters, mean, words, style.colour))
    axes.set_xscale("log")
    axes.margins(x=0.15, y=0.15)
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high / low < WIDE else (1.0,)))
    axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
    axes.xaxis.set_minor_locator(NullLocator())
    percent(axes)
    tidy(axes, grid="both")
    axes.set_xlabel("parameters, log scale", fontsize=SMALL, color=FAINT)
    axes.set_ylabel("test accuracy, mean and 95 % interval", fontsize=NORMAL, color=FAINT)
    if len(points) <= MOST_NAMED:
        _label(axes, points)
    else:
        _list(axes, points)
    return figure


def _list(axes: Axes, points: list[LineEnd]) -> None:
    """Name every mark right of the panel, best accuracy first."""
    marks = [line for line in axes.lines if not str(line.get_label()).startswith("_")]
    axes.legend(
        handles=marks,
        labels=[point.text for point in points],
        loc="upper left",
        bbox_to_anchor=(1.02, 1.0),
        borderaxespad=0.0,
        frameon=False,
        fontsize=NORMAL,
        labelcolor="linecolor",
    )


def _label(axes: Axes, points: list[LineEnd]) -> None:
    """Name each point beside it, left of it in the right half, apart where names would overlap."""
    axes.autoscale_view()
    transform = axes.transData - axes.transAxes
    for is_right in (False, True):
        placed = []
        for point in points:
            x, y = (float(one) for one in transform.transform((point.x, point.y)))
            if (x > 1 / 2) == is_right:
                placed.append((y, x, point))
        placed.sort()
        heights = spread([y for y, _, _ in placed], line_height(axes))
        for (_, x, point), height in zip(placed, heights, strict=True):
            axes.annotate(
                point.text,
                (x - 0.015 if is_right else x + 0.015, height),
                xycoords="axes fraction",
                ha="right" if is_right else "left",
                va="center",
                fontsize=NORMAL,
                color=point.colour,
            )
