"""Parameters against accuracy."""

from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from service.analysis.leaderboard import leaderboard
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.style import (
    FAINT,
    NORMAL,
    SMALL,
    LineEnd,
    label_ends,
    look,
    new_figure,
    percent,
    tidy,
)


@charts.register
def parameters_against_accuracy(results: ComparisonResults) -> Figure:
    """Parameters against accuracy.

    Size (log scale) and mean test accuracy of every network, with its 95 % confidence interval: up
    and left is better.
    """
    rows = leaderboard(results)
    figure = new_figure(results, "Parameters against accuracy", height=4.8)
    axes = figure.subplots()
    ends = []
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
        words = f"{board.architecture}  {board.num_parameters:,}"
        ends.append(LineEnd(board.num_parameters, mean, words, style.colour))
    axes.set_xscale("log")
    axes.margins(x=0.12, y=0.15)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
    axes.xaxis.set_minor_formatter(NullFormatter())
    percent(axes)
    tidy(axes, grid="both")
    axes.set_xlabel("parameters, log scale", fontsize=SMALL, color=FAINT)
    axes.set_ylabel("test accuracy", fontsize=NORMAL, color=FAINT)
    label_ends(axes, ends)
    return figure
