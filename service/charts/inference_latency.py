"""Inference latency."""

import statistics

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.rows import height_for, name_rows
from service.charts.style import FAINT, INK, SMALL, duration, look, new_figure, panel_title

WIDE = 8  # highest over lowest, from which on only powers of ten are named


@charts.register
def inference_latency(results: ComparisonResults) -> Figure:
    """Inference latency.

    From images on the host to probabilities on the host (log scale), at batch 1, 8 and 64, measured
    after training by engine torch in float32. Mark: p50; line: to p99. Median over seeds.
    """
    names = results.with_results
    sizes = [one["batch_size"] for one in results.any_result["latency"]]
    figure = new_figure(results, "Inference latency", height=height_for(len(names)) + 0.2)
    panels = figure.subplots(1, len(sizes), sharex=True, sharey=True, squeeze=False)[0]
    for axes, size in zip(panels, sizes, strict=True):
        for row, name in enumerate(names):
            style = look(results, name)
            p50, p99 = (_median(results, name, size, which) for which in ("p50", "p99"))
            axes.plot(
                [p50, p99], [row, row], color=style.colour, linewidth=2.5, alpha=0.4, label="_tail"
            )
            axes.plot(
                [p50],
                [row],
                linestyle="",
                marker=style.marker,
                markersize=8,
                color=style.colour,
                label=f"{name}, p50",
            )
            axes.annotate(
                duration(p50),
                (p50, row),
                xytext=(0, 8),
                textcoords="offset points",
                fontsize=SMALL,
                color=INK,
                ha="center",
            )
        axes.set_xscale("log")
        axes.margins(x=0.18)
        low, high = axes.get_xlim()
        subs = (1.0, 2.0, 5.0) if high / low < WIDE else (1.0,)
        axes.xaxis.set_major_locator(LogLocator(subs=subs))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda seconds, _: duration(seconds, digits=1))
        )
        axes.xaxis.set_minor_formatter(NullFormatter())
        name_rows(axes, names)
        panel_title(axes, f"batch {size}" if size > 1 else "one image")
        axes.set_xlabel("p50 (mark) to p99 (end), log scale", fontsize=SMALL, color=FAINT)
    return figure


def _median(results: ComparisonResults, name: str, size: int, which: str) -> float:
    found = [
        latency[which]
        for result in results.finished(name)
        for latency in result["latency"]
        if latency["batch_size"] == size
    ]
    return float(statistics.median(found))
