"""The chart of docs/training-speed.md and the README: speed over the ordinary loop, by network."""

import statistics
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from service.charts.drawing.style import (
    COLOURS,
    FAINT,
    GRID,
    INK,
    LARGE,
    MARKERS,
    NORMAL,
    SMALL,
    WIDTH,
    style_axes,
)

NAMES: Final = {
    "bakeoff": "Bakeoff",
    "bakeoff_float32": "Bakeoff in float32",
    "keras_jax": "Keras on JAX",
    "keras_torch": "Keras on PyTorch",
    "lightning": "Lightning",
}
TICKS = (0.5, 1, 2, 4, 8, 16)
APART = 0.13  # rows' units between the marks of one network


def draw(known: dict[str, Any], evidence: str) -> Figure:
    """Median and range of the ratio within a round, on a logarithmic scale; right is faster."""
    figure = Figure(
        figsize=(WIDTH, 1.6 + 0.85 * len(known)), dpi=120, layout="constrained", facecolor="white"
    )
    axes = figure.subplots()
    for place, (contender, name) in enumerate(NAMES.items()):
        at = [row + (place - (len(NAMES) - 1) / 2) * APART for row in range(len(known))]
        ratios = [
            [seconds["ordinary"] / seconds[contender] for seconds in found["rounds"]]
            for found in known.values()
        ]
        colour = COLOURS[place]
        axes.hlines(at, [min(r) for r in ratios], [max(r) for r in ratios], color=colour, lw=1.2)
        axes.plot(
            [statistics.median(r) for r in ratios],
            at,
            linestyle="",
            marker=MARKERS[place],
            markersize=7,
            color=colour,
            label=name,
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda ratio, _: f"{ratio:g}×"))
    axes.set_yticks(range(len(known)), list(known))
    axes.invert_yaxis()
    style_axes(axes, grid="x")
    axes.tick_params(axis="y", labelsize=NORMAL, colors=INK, length=0)
    for row in range(1, len(known)):
        axes.axhline(row - 0.5, color=GRID, lw=0.8)
    axes.axvline(1, color=FAINT, lw=1)
    axes.set_title(
        "Images a second in training, over the ordinary PyTorch loop",
        loc="left",
        fontsize=LARGE,
        color=INK,
        weight="bold",
        pad=28,
    )
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=len(NAMES),
        frameon=False,
        fontsize=SMALL,
        handletextpad=0.2,
        columnspacing=1.4,
        borderaxespad=0.2,
    )
    rounds = len(next(iter(known.values()))["rounds"])
    figure.supxlabel(
        f"mark: median of n = {rounds} rounds, line: their range  ·  {evidence.split(',')[0]}",
        x=0.01,
        ha="left",
        fontsize=SMALL,
        color=FAINT,
    )
    return figure


def write(known: dict[str, Any], path: Path) -> None:
    """Draw it as SVG into `path`."""
    draw(known, next(reversed(known.values()))["evidence"]).savefig(path, metadata={"Date": None})
