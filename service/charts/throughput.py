"""Throughput."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FixedLocator, NullLocator

from service.analysis.latency import Table, table_of
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.curves import log_ticks
from service.charts.drawing.style import (
    FAINT,
    SMALL,
    LineEnd,
    label_ends,
    look,
    new_figure,
    panel_title,
    tidy,
)

MOST_TICKS = 9


@charts.register
def throughput(results: ComparisonResults) -> Figure:
    """Throughput.

    Images per second by batch size, one batch after the other, with each engine on the number of
    threads that suits the batch best (both axes log). As jobs of kind latency have measured it; of a
    network that none has measured, what its training saw. Mean over models.
    """
    tables = {name: table_of(results, name) for name in results.with_results}
    engines = sorted({way.engine for table in tables.values() for way in table})
    figure = new_figure(results, "Throughput", height=4.4)
    panels = figure.subplots(1, len(engines), sharex=True, sharey=True, squeeze=False)[0]
    sizes = sorted({size for table in tables.values() for row in table.values() for size in row})
    ends = {}
    for axes, engine in zip(panels, engines, strict=True):
        rates = {name: _best(table, engine) for name, table in tables.items()}
        ends[axes] = [_draw(axes, results, name, best) for name, best in rates.items() if best]
        _scale(axes, sizes)
        panel_title(axes, f"{engine}, images per second")
    for axes, of_it in ends.items():  # the panels share their scale, which is known now
        label_ends(axes, of_it)
    return figure


def _scale(axes: Axes, sizes: list[int]) -> None:
    axes.set_xscale("log", base=2)
    log_ticks(axes)
    axes.xaxis.set_major_locator(FixedLocator(sizes[:: len(sizes) // MOST_TICKS + 1]))
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(EngFormatter(sep=" "))
    tidy(axes, grid="both")
    axes.set_xlabel("images in a batch", fontsize=SMALL, color=FAINT)


def _best(table: Table, engine: str) -> dict[int, float]:
    """Batch size → images per second, on the best number of threads."""
    best: dict[int, float] = {}
    for way, row in table.items():
        for size, latency in row.items():
            if way.engine == engine:
                best[size] = max(best.get(size, 0.0), latency.images_per_second(size))
    return dict(sorted(best.items()))


def _draw(axes: Axes, results: ComparisonResults, name: str, best: dict[int, float]) -> LineEnd:
    style = look(results, name)
    sizes, rates = list(best), list(best.values())
    axes.plot(
        sizes,
        rates,
        color=style.colour,
        linestyle=style.dash,
        marker=style.marker,
        markersize=5,
        label=name,
    )
    return LineEnd(sizes[-1], rates[-1], name, style.colour)
