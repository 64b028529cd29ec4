"""Latency by engine."""

from collections.abc import Iterable

from service.analysis.latency import EngineConfiguration, LatencyTable, latency_table
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart
from service.charts.drawing.spans import SpanRow, span_chart
from service.charts.drawing.style import style_of

MAX_PANELS = 3
MAX_NAMES = 4  # up to which every number of threads has a row; above it the fastest of each engine


@charts.register
def latency_by_engine(results: ComparisonResults) -> Chart:
    """Latency by engine.

    From images on the host to probabilities on the host (log scale), as jobs of kind latency have
    measured it; of a network that none has measured, what its training saw. Mark: p50; line: to p99.
    Mean over models.
    """
    tables = {name: latency_table(results, name) for name in results.with_results}
    if len(tables) > MAX_NAMES:
        tables = {name: _fastest_of_each_engine(table) for name, table in tables.items()}
    rows = [
        SpanRow(
            f"{name}\n{configuration}",
            f"{name}, {configuration}",
            style_of(results, name),
            latencies,
        )
        for name, table in tables.items()
        for configuration, latencies in table.items()
    ]
    measured = [set(row.latencies) for row in rows]
    common = set.intersection(*measured) or set.union(*measured)
    return span_chart(rows, _choose_evenly(common))


def _fastest_of_each_engine(table: LatencyTable) -> LatencyTable:
    """Of each engine the configuration that takes the shortest for its smallest batch."""
    fastest: dict[str, EngineConfiguration] = {}
    for configuration in sorted(table, key=lambda key: table[key][min(table[key])].p50):
        fastest.setdefault(configuration.engine, configuration)
    return {key: latencies for key, latencies in table.items() if key in fastest.values()}


def _choose_evenly(batch_sizes: Iterable[int]) -> list[int]:
    """The smallest, the largest, and what lies evenly between, as many as there is room for."""
    ordered = sorted(batch_sizes)
    if len(ordered) <= MAX_PANELS:
        return ordered
    steps = range(MAX_PANELS)
    return [ordered[step * (len(ordered) - 1) // (MAX_PANELS - 1)] for step in steps]
