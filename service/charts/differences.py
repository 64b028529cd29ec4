"""Differences."""

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
    interval over test images; thin: over images and seeds. Filled: shown to be worse, after Holm's
    correction over all pairs; hollow: no difference shown.
    """
    best, *others = [row.architecture for row in leaderboard(results)]
    pairs = _pairs_with(best, results)
    names = [name for name in others if name in pairs]
    title = f"Differences from {best}"
    if not names:
        note = "no two networks with a common seed whose predictions are kept"
        return Chart(note=note, title=title)
    series = [Series(best, [0.0], [0], marks("|", 6, FAINT))]
    for row, name in enumerate(names, start=1):
        style = style_of(results, name)
        face = style.colour if pairs[name].finding == Finding.BETTER else "white"
        difference = 100 * _sign(pairs[name], best) * pairs[name].difference
        series.append(
            Series(name, [difference], [row], marks(style.marker, 9, style.colour, face=face))
        )

    def decorate(axes: Axes) -> None:
        axes.axvline(0, color=AXIS, linewidth=0.8, zorder=1)
        for row, name in enumerate(names, start=1):
            _draw_intervals(axes, row, pairs[name], best, style_of(results, name).colour)

    texts = [(name, _words(pairs[name], best)) for name in names]
    return row_chart(
        [(best, "highest mean"), *texts],
        series,
        x="points of test accuracy",
        decorate=decorate,
        title=title,
    )


def _pairs_with(best: str, results: ComparisonResults) -> dict[str, PairStatistics]:
    """The other architecture of each pair that holds the best one → the pair."""
    return {
        pair.worse if pair.better == best else pair.better: pair
        for pair in compare_pairs(results).pairs
        if best in {pair.better, pair.worse}
    }


def _sign(pair: PairStatistics, best: str) -> int:
    """The direction of the other's difference: another may be better on the seeds both share."""
    return -1 if pair.better == best else 1


def _draw_intervals(axes: Axes, row: int, pair: PairStatistics, best: str, colour: str) -> None:
    for width, low, high in (
        (1.2, pair.low_with_seeds, pair.high_with_seeds),
        (4, pair.low, pair.high),
    ):
        ends = [100 * _sign(pair, best) * end for end in (low, high)]
        axes.plot(ends, [row, row], color=colour, linewidth=width, zorder=1)


def _words(pair: PairStatistics, best: str) -> str:
    return f"{points(_sign(pair, best) * pair.difference, pair)}  ·  {p_words(pair.p_adjusted)}"
