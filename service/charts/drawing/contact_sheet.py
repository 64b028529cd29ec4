"""Charts of test images: a row of them for each architecture, each with a word on what it was taken for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from service.analysis.failures import Opinion
from service.analysis.results import ComparisonResults
from service.charts.drawing.style import FAINT, INK, NORMAL, SMALL, WIDTH, new_figure, say

COLUMNS = 8
LONGEST_NAME = 10  # letters of a class that fit above an image, with a probability
LONGEST_LINE = 16
WORDS = 8  # points
SIDE = (WIDTH - 1.0) / COLUMNS  # inches, of an image with its margin
TEXT_HEIGHT = 0.62  # inches: two lines above each image
EMPTY_HEIGHT = 0.55  # of a row without images: its title and why there are none


@dataclass(frozen=True)
class Row:
    """The images shown of one architecture, and what is written above them."""

    title: str
    indices: NDArray[np.int64]
    opinion: Opinion
    classes: Sequence[str]


def draw_sheet(results: ComparisonResults, title: str, rows: list[Row], nothing: str) -> Figure:
    """A figure with the images of every row; `nothing` is said where a row has none."""
    images = results.test_images()
    heights = [SIDE + TEXT_HEIGHT if len(row.indices) else EMPTY_HEIGHT for row in rows] or [1.0]
    figure = new_figure(results, title, height=1.2 + sum(heights))
    shares = {"height_ratios": heights}
    panels = figure.subplots(len(heights), 1, squeeze=False, gridspec_kw=shares).flatten()
    for axes, row in zip(panels, rows, strict=False):
        _draw(axes, row, images, nothing)
    for axes in panels:
        axes.set_axis_off()
    if not rows:
        say(figure, "no predictions of test images are kept")
    return figure


def _draw(axes: Axes, row: Row, images: NDArray[np.uint8] | None, nothing: str) -> None:
    shown = row.indices[:COLUMNS]
    words = [_words(row, int(index)) for index in shown]
    pad = 28 if any("\n" in said for said in words) else 16  # points: room for the words
    axes.set_title(row.title, loc="left", fontsize=NORMAL, color=INK, pad=pad if len(shown) else 4)
    axes.set_xlim(0, COLUMNS)
    axes.set_ylim(1, 0)
    if len(shown):
        axes.set_aspect("equal", adjustable="box")
    axes.plot(
        row.indices[:COLUMNS], row.opinion.probability[shown], visible=False, label=row.title
    )  # for the numbers as JSON: index of the image, probability of the predicted class
    if not len(shown):
        axes.text(0.0, 0.0, nothing, fontsize=SMALL, color=FAINT, va="top")
    for column, index in enumerate(shown):
        if images is not None:
            axes.imshow(
                _picture(images[index]),
                extent=(column + 0.03, column + 0.97, 0.97, 0.03),
                cmap="gray",
                vmin=0,
                vmax=255,
                interpolation="nearest",
                label="_picture",
            )
        axes.text(
            column + 0.03,
            -0.04,
            words[column],
            fontsize=WORDS,
            color=FAINT,
            linespacing=1.15,
            parse_math=False,
        )


def _picture(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One image as matplotlib draws it: (H, W) grey, or (H, W, 3)."""
    return image[0] if len(image) == 1 else np.moveaxis(image, 0, -1)


def _words(row: Row, index: int) -> str:
    true, predicted = (
        _short(row.classes[int(of[index])]) for of in (row.opinion.labels, row.opinion.predicted)
    )
    percent = _percent(float(row.opinion.probability[index]))
    if true == predicted:
        return f"{true} {percent}"
    in_a_line = f"{true} → {predicted} {percent}"
    return in_a_line if len(in_a_line) <= LONGEST_LINE else f"{true} →\n{predicted} {percent}"


def _percent(probability: float) -> str:
    """A probability in whole percent; what rounds to certainty is not called certain."""
    is_nearly_one = probability > 0.995  # noqa: PLR2004 - would be written as 100 %
    return "> 99 %" if is_nearly_one else f"{100 * probability:.0f} %"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
