"""Sheets of images in groups, such as duplicates: a line above each group holds it together."""

import itertools
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from service.charts.drawing.chart import Chart, Panel
from service.charts.drawing.fonts import shorten_to_fit
from service.charts.drawing.pixels import draw_pixels
from service.charts.drawing.style import AXIS, FAINT, WIDTH

COLUMNS = 8
MAX_ROWS = 24
SIDE = (WIDTH - 0.2) / COLUMNS  # inches, of a cell; the lengths below are shares of it
MARGIN = 0.05
LINE_HEIGHT = 0.12  # of a caption
CAPTION_TOP = 0.06  # below the line that holds a group together
CAPTION_SIZE = 8  # points
CAPTION_WIDTH = (1 - 2 * MARGIN) * SIDE * 72  # points
LONGEST_SENTENCE = 130  # letters of a line


@dataclass(frozen=True)
class CaptionedImage:
    """Pixels (H, W, C) as uint8, and lines that are written above them, as far as they fit."""

    pixels: NDArray[np.uint8]
    caption: Sequence[str]


@dataclass(frozen=True)
class _Cell:
    """Where an image is drawn, in columns and rows."""

    row: int
    column: int
    is_first: bool  # of its group in this row
    is_last: bool


def group_sheet(title: str, sentence: str, groups: Sequence[Sequence[CaptionedImage]]) -> Chart:
    """Groups of up to COLUMNS images, several in a row where they fit, and a sentence about them.

    Groups beyond MAX_ROWS rows are left out.
    """
    sentence = textwrap.fill(sentence, LONGEST_SENTENCE)
    if not groups:
        return Chart(title=title, note=sentence)
    cells = _layout([len(group) for group in groups])
    shown = [
        (cell, image)
        for cell, image in zip(cells, itertools.chain.from_iterable(groups), strict=True)
        if cell.row < MAX_ROWS
    ]
    num_rows = shown[-1][0].row + 1
    caption = CAPTION_TOP + LINE_HEIGHT * max(len(image.caption) for _, image in shown)
    tallest = max(min(1, image.pixels.shape[0] / image.pixels.shape[1]) for _, image in shown)
    row_height = caption + (1 - 2 * MARGIN) * tallest + 2 * MARGIN

    def decorate(axes: Axes) -> None:
        axes.set_xlim(0, COLUMNS)
        axes.set_ylim(num_rows * row_height, 0)
        axes.set_axis_off()
        axes.set_aspect("equal", adjustable="box")
        for cell, image in shown:
            _draw(axes, cell, image, cell.row * row_height, caption)

    height = 0.9 + num_rows * row_height * SIDE
    return Chart([Panel(grid="", decorate=decorate)], height, title=title, footer=sentence)


def _layout(sizes: Sequence[int]) -> list[_Cell]:
    """A cell for each image: a group begins a new row where the rest of the row is too short for it."""
    cells, row, column = [], 0, 0
    for size in sizes:
        if column + size > COLUMNS:
            row, column = row + (column > 0), 0
        cells += [
            _Cell(row, column + place, place == 0, place == size - 1) for place in range(size)
        ]
        column += size
    return cells


def _draw(axes: Axes, cell: _Cell, image: CaptionedImage, top: float, caption: float) -> None:
    """Draw an image `caption` below the top of its row."""
    left, right = cell.column + MARGIN, cell.column + 1 - MARGIN
    line = (cell.column + MARGIN * cell.is_first, cell.column + 1 - MARGIN * cell.is_last)
    axes.plot(line, (top + 0.02, top + 0.02), color=AXIS, linewidth=1.5, solid_capstyle="butt")
    axes.text(
        left,
        top + CAPTION_TOP,
        "\n".join(shorten_to_fit(line, CAPTION_WIDTH, CAPTION_SIZE) for line in image.caption),
        fontsize=CAPTION_SIZE,
        color=FAINT,
        va="top",
        linespacing=1.15,
        parse_math=False,
    )
    high, wide = image.pixels.shape[:2]
    # Long sides touch the margins; a wide image hangs below its caption.
    half_width, half_height = (right - left) * np.array([wide, high]) / max(wide, high) / 2
    x, y = (left + right) / 2, top + caption + half_height
    across, down = (x - half_width, x + half_width), (y + half_height, y - half_height)
    draw_pixels(axes, image.pixels, (*across, *down))
    # A frame, or a white image would not be seen.
    axes.plot(
        [across[place] for place in (0, 1, 1, 0, 0)],
        [down[place] for place in (0, 0, 1, 1, 0)],
        color=AXIS,
        linewidth=0.5,
    )
