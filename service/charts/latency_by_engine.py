"""Latency by engine."""

from collections.abc import Iterable

from matplotlib.figure import Figure

from service.analysis.latency import Latency, Table, Way, table_of
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.rows import height_for, name_rows
from service.charts.drawing.spans import draw_span, scale
from service.charts.drawing.style import look, new_figure, panel_title

MOST_PANELS = 3
MOST_NAMES = 4  # up to which every number of threads has a row; above it the fastest of each engine


@charts.register
def latency_by_engine(results: ComparisonResults) -> Figure:
    """Latency by engine.

    From images on the host to probabilities on the host (log scale), as jobs of kind latency have
    measured it; of a network that none has measured, what its training saw. Mark: p50; line: to p99.
    Mean over models.
    """
    names = results.with_results
    tables = {name: _shown(table_of(results, name), len(names)) for name in names}
    rows = [(name, way) for name in names for way in tables[name]]
    measured = [set(row) for table in tables.values() for row in table.values()]
    sizes = _few(set.intersection(*measured) or set.union(*measured))
    figure = new_figure(results, "Latency by engine", height=height_for(len(rows)) + 0.2)
    panels = figure.subplots(1, max(1, len(sizes)), sharex=True, sharey=True, squeeze=False)[0]
    for axes, size in zip(panels, sizes, strict=True):
        for row, (name, way) in enumerate(rows):
            found = tables[name][way].get(size)
            if found:
                ends = (found.p50, found.p99)
                draw_span(axes, row, ends, look(results, name), f"{name}, {way}")
        scale(axes)
        name_rows(axes, [f"{name}\n{way}" for name, way in rows])
        panel_title(axes, f"batch {size}" if size > 1 else "one image")
    return figure


def _shown(table: Table, num_names: int) -> Table:
    if num_names <= MOST_NAMES:
        return table
    fastest: dict[str, Way] = {}
    for way, row in table.items():
        best = fastest.setdefault(way.engine, way)
        if _first(row) < _first(table[best]):
            fastest[way.engine] = way
    return {way: table[way] for way in fastest.values()}


def _first(row: dict[int, Latency]) -> float:
    return row[min(row)].p50


def _few(sizes: Iterable[int]) -> list[int]:
    """The smallest, the largest, and what lies evenly between, as many as there is room for."""
    ordered = sorted(sizes)
    if len(ordered) <= MOST_PANELS:
        return ordered
    steps = range(MOST_PANELS)
    return [ordered[step * (len(ordered) - 1) // (MOST_PANELS - 1)] for step in steps]
