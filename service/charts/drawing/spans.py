"""Latencies: a row for each network, a panel for each batch size, a mark at p50 and a line to p99."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from service.analysis.formats import duration
from service.analysis.latency import Latency
from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.rows import height_for, name_rows
from service.charts.drawing.scales import log_scale
from service.charts.drawing.style import INK, SMALL, ArchitectureStyle, marks

WIDE = 8  # highest over lowest, from which only powers of ten are named: panels are narrow


@dataclass(frozen=True)
class SpanRow:
    """One row: its name, the label of its numbers, and the latency at each batch size."""

    name: str
    label: str
    style: ArchitectureStyle
    latencies: Mapping[int, Latency]


def span_chart(rows: Sequence[SpanRow], batch_sizes: Sequence[int]) -> Chart:
    """The rows in one panel for each batch size, on one log scale of seconds."""
    panels = [_panel(rows, size) for size in batch_sizes]
    height = height_for(len(rows)) + 0.2
    return Chart(panels, height, subplots={"sharex": True, "sharey": True})


def _panel(rows: Sequence[SpanRow], batch_size: int) -> Panel:
    shown = {
        row: (span, span.latencies[batch_size])
        for row, span in enumerate(rows)
        if batch_size in span.latencies
    }
    series = [
        Series(
            f"{span.label}, p50",
            [latency.p50],
            [row],
            marks(span.style.marker, 8, span.style.colour),
        )
        for row, (span, latency) in shown.items()
    ]

    def decorate(axes: Axes) -> None:
        for row, (span, latency) in shown.items():
            _draw_tail(axes, row, latency, span.style.colour)
        log_scale(axes, "x", text=lambda seconds: duration(seconds, digits=1), wide=WIDE)
        axes.margins(x=0.18)
        name_rows(axes, [span.name for span in rows])

    title = f"batch {batch_size}" if batch_size > 1 else "one image"
    x = "p50 (mark) to p99 (end), log scale"
    return Panel(series, title=title, x=x, grid="x", decorate=decorate)


def _draw_tail(axes: Axes, row: int, latency: Latency, colour: str) -> None:
    ends = [latency.p50, latency.p99]
    axes.plot(ends, [row, row], color=colour, linewidth=2.5, alpha=0.4, zorder=1)
    axes.annotate(
        duration(latency.p50),
        (latency.p50, row),
        xytext=(0, 8),
        textcoords="offset points",
        fontsize=SMALL,
        color=INK,
        ha="center",
    )
