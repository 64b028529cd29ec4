"""Accuracy."""

from matplotlib.figure import Figure

from service.analysis.estimate import Estimate
from service.analysis.leaderboard import leaderboard
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.rows import height_for, name_rows, write_right
from service.charts.drawing.style import FAINT, SMALL, look, new_figure, percent


@charts.register
def accuracy(results: ComparisonResults) -> Figure:
    """Accuracy.

    Test accuracy at the end, best first: each seed a small mark, the mean a large one with its 95 %
    confidence interval. Hollow: accuracy on the train split; the distance is the generalisation gap.
    """
    rows = leaderboard(results)
    figure = new_figure(results, "Accuracy", height=height_for(len(rows)))
    axes = figure.subplots()
    for row, board in enumerate(rows):
        style = look(results, board.architecture)
        tests = [one["test"]["accuracy"] for one in results.finished(board.architecture)]
        mean, trained = board.test_accuracy.mean or 0.0, board.train_accuracy.mean or 0.0
        axes.plot([trained, mean], [row, row], color=style.colour, alpha=0.3, label="_gap")
        interval = board.test_accuracy.interval
        if interval:
            ends = [max(0.0, interval[0]), min(1.0, interval[1])]  # no accuracy lies outside
            axes.plot(ends, [row, row], color=style.colour, linewidth=3, label="_interval")
        axes.plot(
            tests,
            [row] * len(tests),
            linestyle="",
            marker="|",
            markersize=13,
            color=style.colour,
            label=f"{board.architecture}, test, by seed",
        )
        for value, kind, face in ((mean, "test", style.colour), (trained, "train", "white")):
            axes.plot(
                [value],
                [row],
                linestyle="",
                marker=style.marker,
                markersize=8,
                markerfacecolor=face,
                markeredgecolor=style.colour,
                label=f"{board.architecture}, {kind}, mean",
            )
    name_rows(axes, [board.architecture for board in rows])
    write_right(axes, [_words(board.test_accuracy) for board in rows])
    percent(axes, "x")
    axes.set_xlabel(
        "accuracy  (filled: test, with every seed and 95 % interval; hollow: train)",
        fontsize=SMALL,
        color=FAINT,
    )
    return figure


def _words(estimate: Estimate) -> str:
    mean = 100 * (estimate.mean or 0.0)
    if estimate.std is None:
        return f"{mean:.2f} %"
    return f"{mean:.2f} ± {100 * estimate.std:.2f} %"
