"""Calibration."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from service.analysis.leaderboard import leaderboard
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.grid import grid
from service.charts.drawing.style import FAINT, SMALL, look, panel_title, percent, say, tidy


@charts.register
def reliability(results: ComparisonResults) -> Figure:
    """Calibration.

    How often a network is right (up) when it says so with a certain probability (right): on the line it
    means what it says, below it is too sure of itself. 15 bins of equal width, all seeds together; the
    larger a mark, the more test images; ECE is the mean distance from the line.
    """
    ece = {row.architecture: row.ece.mean for row in leaderboard(results)}
    names = [name for name in results.with_results if ece[name] is not None]
    figure, panels = grid(results, "Calibration", names, aspect=0.85, share=True)
    for axes, name in zip(panels, names, strict=True):
        axes.plot([0, 1], [0, 1], color="#AAAAAA", linewidth=0.8, label="_ideal")
        _draw(axes, _together(results.finished(name)), look(results, name).colour, name)
        panel_title(axes, f"{name}\nECE {100 * (ece[name] or 0.0):.2f} %")
        tidy(axes, grid="both")
        percent(axes)
        percent(axes, "x")
        axes.set_xlabel("probability of the predicted class", fontsize=SMALL, color=FAINT)
    if panels:
        panels[0].set_ylabel("is right", fontsize=SMALL, color=FAINT)
    else:
        say(figure, "no training has kept its calibration")
    return figure


def _together(found: list[dict[str, Any]]) -> list[tuple[int, float, float]]:
    """Images, mean probability and accuracy of every bin that has images, over all seeds."""
    bins = []
    for same in zip(*(one["reliability"] for one in found if "reliability" in one), strict=True):
        images = sum(one["images"] for one in same)
        if images:
            confidence, accuracy = (
                sum(one["images"] * (one[which] or 0.0) for one in same) / images
                for which in ("confidence", "accuracy")
            )
            bins.append((images, confidence, accuracy))
    return bins


def _draw(axes: Axes, bins: list[tuple[int, float, float]], colour: str, name: str) -> None:
    images, confidences, accuracies = zip(*bins, strict=True)
    axes.plot(confidences, accuracies, color=colour, linewidth=1.2, label=name)
    most = max(images)
    sizes = [12 + 130 * (count / most) ** 0.5 for count in images]
    axes.scatter(confidences, accuracies, s=sizes, color=colour, alpha=0.7, linewidth=0, zorder=3)
