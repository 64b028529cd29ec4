"""Names beside the ends of lines and beside points, moved apart where they would overlap."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from service.charts.drawing.chart import Series
from service.charts.drawing.style import NORMAL, SMALL

PANELS_SHARE = 0.72  # of a figure's height; the rest is title, axis and footer


class Point(NamedTuple):
    """A point in data coordinates, and the name to be written beside it."""

    x: float
    y: float
    text: str
    colour: str


def label_ends(axes: Axes, lines: Sequence[Series]) -> None:
    """Name lines right of their last points, after the panel's limits are known."""
    axes.autoscale_view()
    ends = sorted((_height(axes, end), end) for line in lines for end in _end(line))
    gap = line_height(axes)
    heights = move_inside(spread([height for height, _ in ends], gap), gap)
    for (_, end), height in zip(ends, heights, strict=True):
        axes.annotate(
            end.text,
            xy=(end.x, end.y),
            xytext=(1.03, height),
            textcoords="axes fraction",
            fontsize=SMALL,
            color=end.colour,
            va="center",
            arrowprops={
                "arrowstyle": "-",
                "color": end.colour,
                "lw": 0.6,
                "shrinkA": 1,
                "shrinkB": 0,
                "relpos": (0, 0.5),  # the left end of the text, or the line would cross others
            },
            annotation_clip=False,
        )


def label_points(axes: Axes, points: Sequence[Point]) -> None:
    """Name each point beside it, left of it in the right half of the panel."""
    axes.autoscale_view()
    transform = axes.transData - axes.transAxes
    for is_right in (False, True):
        placed = []
        for point in points:
            x, y = map(float, transform.transform((point.x, point.y)))
            if (x > 1 / 2) == is_right:
                placed.append((y, x, point))
        placed.sort()
        heights = spread([y for y, _, _ in placed], line_height(axes))
        for (_, x, point), height in zip(placed, heights, strict=True):
            axes.annotate(
                point.text,
                (x - 0.015 if is_right else x + 0.015, height),
                xycoords="axes fraction",
                ha="right" if is_right else "left",
                va="center",
                fontsize=NORMAL,
                color=point.colour,
            )


def line_height(axes: Axes) -> float:
    """A line of small text as a share of the height of a panel."""
    place = axes.get_subplotspec()
    rows = place.get_gridspec().nrows if place else 1
    figure = axes.get_figure(root=True)
    panel = PANELS_SHARE * (figure.get_figheight() if figure else 1.0) / rows
    return 1.35 * SMALL / 72 / panel


def move_inside(heights: list[float], gap: float) -> list[float]:
    """Move sorted heights that are apart by `gap` up or down into 0 to 1, as far as there is room."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + gap if moved else gap / 2))
    top = 1 - gap / 2
    for index in reversed(range(len(moved))):
        moved[index], top = min(moved[index], top), min(moved[index], top) - gap
    return moved


def spread(heights: list[float], gap: float) -> list[float]:
    """Move sorted heights apart to at least `gap`, each as little as possible, centre kept."""
    blocks: list[tuple[float, int]] = []  # centre, members
    for height in heights:
        centre, members = height, 1
        while blocks and centre - blocks[-1][0] < gap * (members + blocks[-1][1]) / 2:
            before, count = blocks.pop()
            centre = (before * count + centre * members) / (count + members)
            members += count
        blocks.append((centre, members))
    return [
        centre + gap * (index - (members - 1) / 2)
        for centre, members in blocks
        for index in range(members)
    ]


def _end(line: Series) -> list[Point]:
    """The last finite point of a line, if it has any."""
    x, y = np.asarray(line.x), np.asarray(line.y, dtype=np.float64)
    finite = np.flatnonzero(np.isfinite(y))
    colour = (line.style or {})["color"]
    return [Point(x[last], y[last], line.label, colour) for last in finite[-1:]]


def _height(axes: Axes, point: Point) -> float:
    """The height of a point as a share of the panel's."""
    transform = axes.transData - axes.transAxes
    return float(transform.transform((point.x, point.y))[1])
