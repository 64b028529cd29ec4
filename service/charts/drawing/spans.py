"""A row for each of several latencies: a mark at p50, a line to p99, on a log scale of seconds."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from service.charts.drawing.style import FAINT, INK, SMALL, Look, duration

WIDE = 8  # highest over lowest, from which on only powers of ten are named


def draw_span(axes: Axes, row: int, ends: tuple[float, float], style: Look, label: str) -> None:
    """One latency in its row: p50 and p99, in seconds."""
    p50, _ = ends
    axes.plot(ends, [row, row], color=style.colour, linewidth=2.5, alpha=0.4, label="_tail")
    axes.plot(
        [p50],
        [row],
        linestyle="",
        marker=style.marker,
        markersize=8,
        color=style.colour,
        label=f"{label}, p50",
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


def scale(axes: Axes) -> None:
    """The log scale of seconds, after everything is drawn."""
    axes.set_xscale("log")
    axes.margins(x=0.18)
    low, high = axes.get_xlim()
    subs = (1.0, 2.0, 5.0) if high / low < WIDE else (1.0,)
    axes.xaxis.set_major_locator(LogLocator(subs=subs))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: duration(seconds, digits=1)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("p50 (mark) to p99 (end), log scale", fontsize=SMALL, color=FAINT)
