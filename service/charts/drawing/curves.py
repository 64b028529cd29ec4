"""Curves over epochs: the mean over trainings, with a band of one standard deviation around it."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from service.analysis.curves import mean_and_std
from service.analysis.results import ComparisonResults, Run
from service.charts.drawing.chart import Panel, Series
from service.charts.drawing.labels import label_ends
from service.charts.drawing.style import ArchitectureStyle, style_of

FEW_EPOCHS = 12  # up to here each epoch has a marker

#: A run's value after each epoch; empty where it has none.
Curve = Callable[[Run], list[float]]


def curve_panel(
    results: ComparisonResults,
    curve: Curve,
    *,
    title: str,
    scale: Callable[[Axes], object],
    x: str = "epoch",
    has_names: bool = True,
) -> Panel:
    """A panel with the curve of each architecture, by default with names at their ends."""
    series = []
    for architecture in results.architectures:
        curves = [values for run in results.runs_of(architecture) if (values := curve(run))]
        if curves:
            series.append(_series(architecture, curves, style_of(results, architecture)))

    def decorate(axes: Axes) -> None:
        axes.margins(x=0.02)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
        scale(axes)
        if has_names:
            label_ends(axes, series)

    return Panel(series, title=title, x=x, decorate=decorate)


def _series(label: str, curves: Sequence[list[float]], style: ArchitectureStyle) -> Series:
    """Mean and band of curves of unequal lengths; a training that stopped earlier drops out."""
    table = np.full((len(curves), max(map(len, curves))), np.nan)
    for row, values in enumerate(curves):
        table[row, : len(values)] = values
    epochs = np.arange(1, table.shape[1] + 1)
    mean, std = mean_and_std(table)
    std = np.nan_to_num(std)  # of an epoch that one training alone has reached
    line = {
        "color": style.colour,
        "linestyle": style.dash,
        "linewidth": 1.8,
        "marker": style.marker if len(epochs) <= FEW_EPOCHS else None,
        "markersize": 4,
    }
    return Series(label, epochs, mean, line, band=(mean - std, mean + std))
