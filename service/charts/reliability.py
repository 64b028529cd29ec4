"""Calibration."""

import functools
from typing import Any, NamedTuple

from matplotlib.axes import Axes

from service.analysis.leaderboard import leaderboard
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.grid import grid_chart
from service.charts.drawing.scales import percent
from service.charts.drawing.style import AXIS, style_of


class Bin(NamedTuple):
    """Test images whose predicted class has about the same probability."""

    images: int
    confidence: float  # their mean probability
    accuracy: float


@charts.register
def reliability(results: ComparisonResults) -> Chart:
    """Calibration.

    How often a network is right (up) when it says so with a certain probability (right): on the line it
    means what it says, below it is too sure of itself. 15 bins of equal width, all trainings together; the
    larger a mark, the more test images. ECE is the mean distance from the line, of each training, averaged.
    """
    errors = {row.architecture: row.ece.mean for row in leaderboard(results)}
    calibrated = [name for name in results.with_results if errors[name] is not None]
    if not calibrated:
        return Chart(note="no training has kept its calibration")
    panels: list[Panel] = []
    for name in calibrated:
        bins = _pooled_bins(results.results_of(name))
        colour = style_of(results, name).colour
        _, confidences, accuracies = zip(*bins, strict=True)
        panels.append(
            Panel(
                [Series(name, confidences, accuracies, {"color": colour, "linewidth": 1.2})],
                title=f"{name}\nECE {100 * (errors[name] or 0.0):.2f} %",
                x="probability of the predicted class",
                y="" if panels else "is right",
                grid="both",
                decorate=functools.partial(_decorate, bins=bins, colour=colour),
            )
        )
    return grid_chart(panels, aspect=0.85, sharex=True, sharey=True)


def _pooled_bins(calibrated: list[dict[str, Any]]) -> list[Bin]:
    """The bins that have images, over all trainings."""
    bins = []
    curves = [result["reliability"] for result in calibrated if "reliability" in result]
    for same in zip(*curves, strict=True):
        images = sum(of_run["images"] for of_run in same)
        if images:
            confidence, accuracy = (
                sum(of_run["images"] * (of_run[key] or 0.0) for of_run in same) / images
                for key in ("confidence", "accuracy")
            )
            bins.append(Bin(images, confidence, accuracy))
    return bins


def _decorate(axes: Axes, bins: list[Bin], colour: str) -> None:
    axes.plot([0, 1], [0, 1], color=AXIS, linewidth=0.8, zorder=1)  # what a calibrated network has
    images, confidences, accuracies = zip(*bins, strict=True)
    sizes = [12 + 130 * (count / max(images)) ** 0.5 for count in images]
    axes.scatter(confidences, accuracies, s=sizes, color=colour, alpha=0.7, linewidth=0, zorder=3)
    percent(axes)
    percent(axes, "x")
