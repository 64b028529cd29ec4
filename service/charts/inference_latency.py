"""Inference latency."""

import statistics

from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.rows import height_for, name_rows
from service.charts.drawing.spans import draw_span, scale
from service.charts.drawing.style import look, new_figure, panel_title


@charts.register
def inference_latency(results: ComparisonResults) -> Figure:
    """Inference latency.

    From images on the host to probabilities on the host (log scale), at batch 1, 8 and 64, measured
    after training by engine torch in float32. Mark: p50; line: to p99. Mean over seeds.
    """
    names = results.with_results
    sizes = [one["batch_size"] for one in results.any_result["latency"]]
    figure = new_figure(results, "Inference latency", height=height_for(len(names)) + 0.2)
    panels = figure.subplots(1, len(sizes), sharex=True, sharey=True, squeeze=False)[0]
    for axes, size in zip(panels, sizes, strict=True):
        for row, name in enumerate(names):
            p50, p99 = (_mean(results, name, size, which) for which in ("p50", "p99"))
            draw_span(axes, row, (p50, p99), look(results, name), name)
        scale(axes)
        name_rows(axes, names)
        panel_title(axes, f"batch {size}" if size > 1 else "one image")
    return figure


def _mean(results: ComparisonResults, name: str, size: int, which: str) -> float:
    found = [
        latency[which]
        for result in results.finished(name)
        for latency in result["latency"]
        if latency["batch_size"] == size
    ]
    return statistics.fmean(found)
