"""Differences."""

from matplotlib.figure import Figure

from service.analysis.leaderboard import leaderboard
from service.analysis.paired_tests import Finding, PairStatistics, statistics
from service.analysis.results import ComparisonResults
from service.analysis.verdicts import p_words, points
from service.charts import charts
from service.charts.drawing.rows import height_for, name_rows, write_right
from service.charts.drawing.style import FAINT, SMALL, look, new_figure, say


@charts.register
def differences(results: ComparisonResults) -> Figure:
    """Differences.

    How far every network is from the one with the highest mean test accuracy, in points. Thick: 95 %
    interval over test images; thin: over images and seeds. Filled: shown to be worse, after Holm's
    correction over all pairs; hollow: no difference shown.
    """
    best, *others = [row.architecture for row in leaderboard(results)]
    pairs = {}
    for pair in statistics(results).pairs:
        if best in {pair.better, pair.worse}:
            pairs[pair.worse if pair.better == best else pair.better] = pair
    shown = [name for name in others if name in pairs]
    figure = new_figure(results, f"Differences from {best}", height=height_for(len(shown) + 1))
    axes = figure.subplots()
    axes.axvline(0, color="#AAAAAA", linewidth=0.8)
    axes.plot([0.0], [0], linestyle="", marker="|", color=FAINT, label=best)
    for row, name in enumerate(shown, start=1):
        pair = pairs[name]
        style = look(results, name)
        sign = -1 if pair.better == best else 1
        is_shown = pair.finding == Finding.BETTER
        for width, (low, high) in (
            (1.2, (pair.low_with_seeds, pair.high_with_seeds)),
            (4, (pair.low, pair.high)),
        ):
            ends = [100 * sign * low, 100 * sign * high]
            axes.plot(ends, [row, row], color=style.colour, linewidth=width, label="_interval")
        axes.plot(
            [100 * sign * pair.difference],
            [row],
            linestyle="",
            marker=style.marker,
            markersize=9,
            markerfacecolor=style.colour if is_shown else "white",
            markeredgecolor=style.colour,
            label=name,
        )
    if not shown:
        say(figure, "no two networks with a common seed whose predictions are kept")
    name_rows(axes, [best, *shown])
    write_right(axes, ["highest mean", *(_words(pairs[name], best) for name in shown)])
    axes.set_xlabel("points of test accuracy", fontsize=SMALL, color=FAINT)
    return figure


def _words(pair: PairStatistics, best: str) -> str:
    sign = -1 if pair.better == best else 1
    return f"{points(sign * pair.difference, pair)}  ·  {p_words(pair.p_adjusted)}"
