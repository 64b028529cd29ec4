"""Curves over epochs, seeds as a band around their mean."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from service.analysis.results import ComparisonResults, Run
from service.charts.drawing.style import LineEnd, look

NARROW = 5  # highest over lowest, up to which a log axis has ticks as a linear one
FEW_EPOCHS = 12  # up to here each epoch has a marker


@dataclass(frozen=True)
class Band:
    """Mean and standard deviation over seeds, by epoch; seeds that stopped earlier drop out."""

    mean: Any
    std: Any


def band(curves: list[list[float]]) -> Band | None:
    """The band of some curves of unequal lengths; None where there is no epoch."""
    longest = max((len(curve) for curve in curves), default=0)
    if longest == 0:
        return None
    table = np.full((len(curves), longest), np.nan)
    for row, curve in enumerate(curves):
        table[row, : len(curve)] = curve
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # epochs where every seed is NaN
        mean = np.nanmean(table, axis=0)
        std = np.nanstd(table, axis=0, ddof=1) if len(curves) > 1 else np.zeros(longest)
    return Band(mean, np.nan_to_num(std))


def draw_curves(axes: Axes, results: ComparisonResults, value: Any) -> list[LineEnd]:
    """Draw `value(run) -> list by epoch` for every architecture; returns the ends of the lines."""
    ends: list[LineEnd] = []
    for architecture in results.architectures:
        found = band([curve for run in results.of(architecture) if (curve := value(run))])
        if found is None:
            continue
        epochs = np.arange(1, len(found.mean) + 1)
        style = look(results, architecture)
        axes.plot(
            epochs,
            found.mean,
            color=style.colour,
            linestyle=style.dash,
            linewidth=1.8,
            marker=style.marker if len(epochs) <= FEW_EPOCHS else None,
            markersize=4,
            label=architecture,
        )
        low, high = found.mean - found.std, found.mean + found.std
        axes.fill_between(epochs, low, high, color=style.colour, alpha=0.15, linewidth=0)
        last = np.flatnonzero(np.isfinite(found.mean))
        if len(last):
            end = found.mean[last[-1]]
            ends.append(LineEnd(epochs[last[-1]], end, architecture, style.colour))
    axes.margins(x=0.02)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    return ends


class ReadableLog(LogLocator):
    """Ticks at 1, 2 and 5 of every decade; where that would be one or two, at round numbers."""

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """The ticks of an axis from `vmin` to `vmax`."""
        if 0 < vmin < vmax < NARROW * vmin:
            return MaxNLocator(nbins=5).tick_values(vmin, vmax)
        return super().tick_values(vmin, vmax)


def log_ticks(axes: Axes) -> None:
    """A log axis with readable ticks, also where it spans less than a decade."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(ReadableLog(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def metric(name: str) -> Any:
    """A function from a run to one of its metrics by epoch."""

    def value(run: Run) -> list[float]:
        return run.curve(name)

    return value
