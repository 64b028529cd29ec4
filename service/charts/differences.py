"""Differences."""

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from service.analysis.formats import p_words, points
from service.analysis.leaderboard import leaderboard
from service.analysis.pair_statistics import Finding, PairStatistics
from service.analysis.paired_tests import compare_pairs
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart, Series
from service.charts.drawing.rows import row_chart
from service.charts.drawing.style import AXIS, FAINT, marks, style_of


@charts.register
def differences(results: ComparisonResults) -> Chart:
    """Differences.

    How far every network is from the one with the highest mean test accuracy, in points. Thick: 95 %
    interval over test images; thin, with ends: over images and seeds, or over folds. Filled: shown to
    be worse, after Holm's correction over all pairs; hollow: no difference shown.
    """
    best, *others = [row.architecture for row in leaderboard(results)]
    title = f"Differences from {best}"
    found = _differences(results, best)
    shown = [found[name] for name in others if name in found]
    if not shown:
        common = "two common folds" if results.folds else "a common seed"
        note = f"no two networks with {common} whose predictions are kept"
        return Chart(note=note, title=title)
    series = [Series(best, [0.0], [0], marks("|", 6, FAINT))]
    for row, difference in enumerate(shown, start=1):
        style = style_of(results, difference.name)
        face = style.colour if difference.is_shown else "white"
        mark = marks(style.marker, 9, style.colour, face=face)
        series.append(Series(difference.name, [difference.points], [row], mark))

    def decorate(axes: Axes) -> None:
        axes.axvline(0, color=AXIS, linewidth=0.8, zorder=1)
        for row, difference in enumerate(shown, start=1):
            colour = style_of(results, difference.name).colour
            line: dict[str, Any] = {"color": colour, "zorder": 1}
            axes.plot(difference.interval, [row, row], linewidth=4, **line)
            # The interval over few folds may lie within the other: its ends stand out.
            axes.plot(difference.with_seeds, [row, row], "|-", markersize=12, linewidth=1.2, **line)

    rows = [(best, "highest mean"), *((other.name, other.text) for other in shown)]
    return row_chart(rows, series, x="points of test accuracy", decorate=decorate, title=title)


@dataclass(frozen=True)
class Difference:
    """How far an architecture is above the best one, in points of accuracy."""

    name: str
    points: float
    interval: list[float]  # over images
    with_seeds: list[float]  # over images and seeds, or over folds
    is_shown: bool
    text: str


def _differences(results: ComparisonResults, best: str) -> dict[str, Difference]:
    """By architecture, for all that have been tested against the best one."""
    pairs = [pair for pair in compare_pairs(results).pairs if best in {pair.better, pair.worse}]
    found = [_difference(pair, best) for pair in pairs]
    return {difference.name: difference for difference in found}


def _difference(pair: PairStatistics, best: str) -> Difference:
    """The other may still be better than the best one on the seeds that both share."""
    is_worse = pair.better == best
    sign = -1 if is_worse else 1
    return Difference(
        name=pair.worse if is_worse else pair.better,
        points=100 * sign * pair.difference,
        interval=[100 * sign * pair.low, 100 * sign * pair.high],
        with_seeds=[100 * sign * pair.low_with_seeds, 100 * sign * pair.high_with_seeds],
        is_shown=pair.finding == Finding.BETTER,
        text=f"{points(sign * pair.difference, pair)}  ·  {p_words(pair.p_adjusted)}",
    )
