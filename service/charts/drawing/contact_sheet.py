"""Charts of test images: a row of them for each architecture, each with what it was taken for."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from service.analysis.failures import EnsemblePredictions
from service.analysis.results import ComparisonResults, Images
from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.pixels import draw_pixels
from service.charts.drawing.style import FAINT, SMALL, WIDTH, panel_title

COLUMNS = 8
LONGEST_NAME = 10  # letters of a class that fit above an image, with a probability
LONGEST_LINE = 16
CAPTION_SIZE = 8  # points
SIDE = (WIDTH - 1.0) / COLUMNS  # inches, of an image with its margin
CAPTION_HEIGHT = 0.62  # inches: two lines above each image
EMPTY_HEIGHT = 0.55  # inches, of a row without images: its title and why there are none


@dataclass(frozen=True)
class SheetRow:
    """The images shown of one architecture, and what is written above them."""

    architecture: str
    summary: str
    indices: NDArray[np.int64]  # of `test_images()`; those beyond COLUMNS are not shown
    predictions: EnsemblePredictions
    classes: Sequence[str]

    @property
    def title(self) -> str:
        """The architecture, and what is shown of it."""
        return f"{self.architecture}: {self.summary}"


def contact_sheet(results: ComparisonResults, rows: Sequence[SheetRow], *, empty: str) -> Chart:
    """A panel of images for each row; `empty` is written where a row has none.

    An architecture without predictions of all test images has no row, and is named below the others.
    """
    why_missing = (
        "no seed has the predictions of all its folds"
        if results.folds
        else "no predictions of test images are kept"
    )
    if not rows:
        return Chart(note=why_missing)
    heights = [SIDE + CAPTION_HEIGHT if len(row.indices) else EMPTY_HEIGHT for row in rows]
    images = functools.cache(results.test_images)  # read once, when the first row is drawn
    panels = [_panel(row, images, empty) for row in rows]
    shown = {row.architecture for row in rows}
    missing = [name for name in results.with_results if name not in shown]
    if missing:
        panels.append(_empty_panel(f"Not judged: {', '.join(missing)}", why_missing))
        heights.append(EMPTY_HEIGHT)
    shares = {"gridspec_kw": {"height_ratios": heights}}
    return Chart(panels, 1.2 + sum(heights), columns=1, subplots=shares)


def _panel(row: SheetRow, images: Callable[[], Images | None], empty: str) -> Panel:
    """The data lists the index of each image and the probability of its predicted class."""
    shown = row.indices[:COLUMNS]
    listed = Series(row.title, shown, row.predictions.probability[shown], style=None)

    if not len(shown):
        return replace(_empty_panel(row.title, empty), series=[listed])

    def decorate(axes: Axes) -> None:
        _prepare_axes(axes)
        _draw(axes, row, images())

    return Panel([listed], title=row.title, grid="", decorate=decorate)


def _empty_panel(title: str, why: str) -> Panel:
    def decorate(axes: Axes) -> None:
        _prepare_axes(axes)
        panel_title(axes, title, pad=4)
        axes.text(0.0, 0.0, why, fontsize=SMALL, color=FAINT, va="top")

    return Panel(title=title, grid="", decorate=decorate)


def _prepare_axes(axes: Axes) -> None:
    """Make an image one unit wide and high, counted from the upper left corner."""
    axes.set_xlim(0, COLUMNS)
    axes.set_ylim(1, 0)
    axes.set_axis_off()


def _draw(axes: Axes, row: SheetRow, images: Images | None) -> None:
    shown = row.indices[:COLUMNS]
    captions = [_caption(row, int(index)) for index in shown]
    is_tall = any("\n" in caption for caption in captions)
    panel_title(axes, row.title, pad=28 if is_tall else 16)  # points: room for the captions
    axes.set_aspect("equal", adjustable="box")
    for column, (index, caption) in enumerate(zip(shown, captions, strict=True)):
        if images is not None:
            pixels = np.moveaxis(images[index], 0, -1)  # (H, W, C)
            draw_pixels(axes, pixels, (column + 0.03, column + 0.97, 0.97, 0.03))
        axes.text(
            column + 0.03,
            -0.04,
            caption,
            fontsize=CAPTION_SIZE,
            color=FAINT,
            linespacing=1.15,
            parse_math=False,
        )


def _caption(row: SheetRow, index: int) -> str:
    """`true → predicted 97 %`, on two lines where it is long; the class alone where it is right."""
    true, predicted = (
        _shorten(row.classes[int(labels[index])])
        for labels in (row.predictions.labels, row.predictions.predicted)
    )
    percent = _percent(float(row.predictions.probability[index]))
    if true == predicted:
        return f"{true} {percent}"
    line = f"{true} → {predicted} {percent}"
    return line if len(line) <= LONGEST_LINE else f"{true} →\n{predicted} {percent}"


def _percent(probability: float) -> str:
    """A probability in whole percent; what rounds to certainty is not called certain."""
    is_nearly_one = probability > 0.995  # noqa: PLR2004 - would be written as 100 %
    return "> 99 %" if is_nearly_one else f"{100 * probability:.0f} %"


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
