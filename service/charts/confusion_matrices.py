"""Confusion matrices."""

import functools
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from service.analysis.confusion import confusion_counts
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart, Panel
from service.charts.drawing.grid import grid_chart, is_first_of_row
from service.charts.drawing.style import INK, SMALL

MAX_NUMBERED = 12  # classes up to which cells carry their number
MAX_NAMED = 30  # classes up to which ticks carry their name
LONGEST_FLAT = 2  # letters of a name that fit a cell
MAX_LARGE = 2  # panels up to which text has its full size
DARK = 0.6  # of the strongest shade, from which on black is hard to read on it
SHADES = LinearSegmentedColormap.from_list("errors", ["#FFFFFF", "#F4A582", "#B2182B"])

Matrix = NDArray[np.float64]


@charts.register
def confusion_matrices(results: ComparisonResults) -> Chart:
    """Confusion matrices.

    Which class (row) is taken for which (column): test images in each cell (with folds, those of all of
    them), mean over seeds. Shaded are the errors alone, as a share of their row; what is right, on the
    diagonal, stays grey.
    """
    classes = results.class_names
    counts = {name: confusion_counts(results, name) for name in results.with_results}
    errors = {name: _error_shares(matrix) for name, matrix in counts.items()}
    strongest = max(matrix.max() for matrix in errors.values()) or 1.0
    panels = []
    for index, name in enumerate(counts):
        is_first = is_first_of_row(index)  # the others of its row have the same classes
        draw = functools.partial(
            _draw,
            counts=counts[name],
            shades=errors[name] / strongest,
            row_names=classes if is_first else [""] * len(classes),
            column_names=classes,
            shrink=len(counts) > MAX_LARGE,
        )
        panels.append(
            Panel(
                title=_title(results, name, counts[name]),
                x="predicted",
                y="true" if is_first else "",
                matrices=[errors[name]],
                grid="",
                decorate=draw,
            )
        )
    return grid_chart(panels, aspect=0.88 + _space_below(classes))


def _error_shares(counts: Matrix) -> Matrix:
    """Off the diagonal, each row as shares of its sum."""
    shares: Matrix = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(shares, 0.0)
    return shares


def _title(results: ComparisonResults, name: str, counts: Matrix) -> str:
    wrong = counts.sum() - np.trace(counts)
    seeds = {run.seed for run in results.runs_of(name) if run.result is not None}
    mean = "" if len(seeds) == 1 else "mean "
    return f"{name}\n{mean}{wrong:,.0f} of {counts.sum():,.0f} wrong"


def _draw(
    axes: Axes,
    *,
    counts: Matrix,
    shades: Matrix,
    row_names: Sequence[str],
    column_names: Sequence[str],
    shrink: bool,
) -> None:
    """Shade the errors (0 to 1), write the counts, name the classes."""
    axes.imshow(shades, cmap=SHADES, vmin=0, vmax=1)
    num_classes = len(counts)
    for index in range(num_classes):
        axes.add_patch(_diagonal_cell(index))
    if num_classes <= MAX_NUMBERED:
        _write_counts(axes, counts, shades, size=7 if shrink else 8)
    if num_classes <= MAX_NAMED:
        size = SMALL - 1 if shrink else SMALL
        rotation = 90 if _are_vertical(column_names) else 0
        axes.set_xticks(range(num_classes), column_names, rotation=rotation, fontsize=size)
        axes.set_yticks(range(num_classes), row_names, fontsize=size)
    axes.tick_params(left=False, bottom=False)
    axes.spines[:].set_visible(False)


def _write_counts(axes: Axes, counts: Matrix, shades: Matrix, *, size: int) -> None:
    for row, column in np.argwhere(np.round(counts) > 0):
        axes.text(
            column,
            row,
            f"{counts[row, column]:.0f}",
            ha="center",
            va="center",
            fontsize=size,
            color="white" if shades[row, column] > DARK else INK,
            in_layout=False,  # it lies within the panel; measuring it would take a second
        )


def _diagonal_cell(index: int) -> Rectangle:
    return Rectangle((index - 0.5, index - 0.5), 1, 1, facecolor="#EEEEEE", linewidth=0)


def _are_vertical(classes: Sequence[str]) -> bool:
    return len(classes) <= MAX_NAMED and max(map(len, classes)) > LONGEST_FLAT


def _space_below(classes: Sequence[str]) -> float:
    """The room for the names below a panel, in widths of it: for want of it the layout cuts the titles."""
    vertical = 0.6 * max(map(len, classes)) * SMALL / 72 / 3 if _are_vertical(classes) else 0.0
    return max(0.12, vertical)
