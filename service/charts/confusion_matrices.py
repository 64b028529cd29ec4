"""Confusion matrices."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.grid import grid
from service.charts.drawing.style import FAINT, INK, SMALL, panel_title

MOST_NUMBERED = 12  # classes up to which cells carry their number
MOST_NAMED = 30  # classes up to which ticks carry their name
DARK = 0.6  # of the strongest shade, from which on black is hard to read on it
SHADES = LinearSegmentedColormap.from_list("errors", ["#FFFFFF", "#F4A582", "#B2182B"])


@charts.register
def confusion_matrices(results: ComparisonResults) -> Figure:
    """Confusion matrices.

    Which class (row) is taken for which (column): test images in each cell, mean over seeds. Shaded
    are the errors alone, as a share of their row; what is right, on the diagonal, stays grey.
    """
    names = results.with_results
    classes = [one["name"] for one in results.any_result["per_class"]]
    aspect = 0.88 + (_length(classes) if _are_vertical(classes) else 0.0)
    figure, panels = grid(results, "Confusion matrices", names, aspect=aspect, share=False)
    counts = {name: _mean_matrix(results, name) for name in names}
    strongest = max((_errors(matrix).max() for matrix in counts.values()), default=0.0) or 1.0
    for axes, name in zip(panels, names, strict=True):
        _draw(axes, counts[name], classes, strongest, small=len(names) > 2)  # noqa: PLR2004 - panels a row
        wrong = counts[name].sum() - np.trace(counts[name])
        seeds = len(results.finished(name))
        mean = "" if seeds == 1 else "mean "
        panel_title(axes, f"{name}\n{mean}{wrong:,.0f} of {counts[name].sum():,.0f} wrong")
    return figure


def _mean_matrix(results: ComparisonResults, name: str) -> Any:
    return np.mean([one["confusion_matrix"] for one in results.finished(name)], axis=0)


def _errors(counts: Any) -> Any:
    """Off the diagonal, each row as shares of its sum."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(shares, 0.0)
    return shares


def _draw(axes: Axes, counts: Any, classes: list[str], strongest: float, *, small: bool) -> None:
    num_classes = len(classes)
    place = axes.get_subplotspec()
    is_first = place is None or place.is_first_col()  # the others of its row have the same classes
    errors = _errors(counts)
    axes.imshow(errors, cmap=SHADES, vmin=0, vmax=strongest)
    for index in range(num_classes):
        axes.add_patch(_cell(index))
    if num_classes <= MOST_NUMBERED:
        for row, column in np.argwhere(np.round(counts) > 0):
            axes.text(
                column,
                row,
                f"{counts[row, column]:.0f}",
                ha="center",
                va="center",
                fontsize=7 if small else 8,
                color="white" if errors[row, column] > DARK * strongest else INK,
                in_layout=False,  # it lies within the panel; measuring it would take a second
            )
    if num_classes <= MOST_NAMED:
        rotation = 90 if _are_vertical(classes) else 0
        size = SMALL - 1 if small else SMALL
        axes.set_xticks(range(num_classes), classes, rotation=rotation, fontsize=size)
        axes.set_yticks(range(num_classes), classes if is_first else [], fontsize=size)
    axes.tick_params(left=False, bottom=False, colors=FAINT)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("predicted", fontsize=SMALL, color=FAINT)
    if is_first:
        axes.set_ylabel("true", fontsize=SMALL, color=FAINT)


def _are_vertical(classes: list[str]) -> bool:
    longest = max(map(len, classes))
    return len(classes) <= MOST_NAMED and longest > 2  # noqa: PLR2004 - letters that fit a cell


def _length(classes: list[str]) -> float:
    """Of the longest name, in widths of a panel: for want of room the layout would cut the titles."""
    return 0.6 * max(map(len, classes)) * SMALL / 72 / 3


def _cell(index: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((index - 0.5, index - 0.5), 1, 1, facecolor="#EEEEEE", linewidth=0)
