"""Throughput."""

import functools
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import EngFormatter, FixedLocator, NullLocator

from service.analysis.latency import LatencyTable, latency_table
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.labels import label_ends
from service.charts.drawing.scales import log_scale
from service.charts.drawing.style import ArchitectureStyle, style_of

MAX_TICKS = 9


@charts.register
def throughput(results: ComparisonResults) -> Chart:
    """Throughput.

    Images per second by batch size, one batch after the other, with each engine on the number of
    threads that suits the batch best (both axes log). As jobs of kind latency have measured it; of a
    network that none has measured, what its training saw. Mean over models.
    """
    tables = {name: latency_table(results, name) for name in results.with_results}
    engines = sorted({key.engine for table in tables.values() for key in table})
    sizes = sorted({size for table in tables.values() for row in table.values() for size in row})
    panels = []
    for engine in engines:
        series = [
            _series(name, rates, style_of(results, name))
            for name, table in tables.items()
            if (rates := _best_rates(table, engine))
        ]
        panels.append(
            Panel(
                series,
                title=f"{engine}, images per second",
                x="images in a batch",
                grid="both",
                decorate=functools.partial(_decorate, series=series, batch_sizes=sizes),
            )
        )
    return Chart(panels, height=4.4, subplots={"sharex": True, "sharey": True})


def _best_rates(table: LatencyTable, engine: str) -> dict[int, float]:
    """Batch size → images per second, on the best number of threads."""
    best: dict[int, float] = {}
    for configuration, latencies in table.items():
        for size, latency in latencies.items():
            if configuration.engine == engine:
                best[size] = max(best.get(size, 0.0), latency.images_per_second(size))
    return dict(sorted(best.items()))


def _series(name: str, rates: dict[int, float], style: ArchitectureStyle) -> Series:
    line = {
        "color": style.colour,
        "linestyle": style.dash,
        "marker": style.marker,
        "markersize": 5,
    }
    return Series(name, list(rates), list(rates.values()), line)


def _decorate(axes: Axes, series: Sequence[Series], batch_sizes: Sequence[int]) -> None:
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_locator(FixedLocator(batch_sizes[:: len(batch_sizes) // MAX_TICKS + 1]))
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    axes.xaxis.set_minor_locator(NullLocator())
    log_scale(axes, text=EngFormatter(sep=" "))
    label_ends(axes, series)
