"""Sheets of images in groups: every group is held together, and no row is too long."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from service.charts.drawing.group_sheet import (
    COLUMNS,
    MAX_ROWS,
    CaptionedImage,
    group_sheet,
)
from service.charts.drawing.readable import are_readable
from service.charts.drawing.render import render


def groups(*sizes, shape=(8, 8, 1)):
    return [
        [CaptionedImage(np.zeros(shape, np.uint8), ["train 1", "cat"])] * size for size in sizes
    ]


def drawn(*sizes):
    """The lower left corner of every image, by column and row."""
    figure = group_sheet("Copies", "there are some", groups(*sizes)).figure()
    corners = [image.get_extent() for image in figure.axes[0].get_images()]
    bottoms = sorted({round(bottom, 3) for _, _, bottom, _ in corners})
    return [(int(left), bottoms.index(round(bottom, 3))) for left, _, bottom, _ in corners]


def test_groups_share_a_row_where_they_fit_and_are_never_split():
    assert drawn(3, 2, 4) == [
        *((column, 0) for column in range(5)),
        *((column, 1) for column in range(4)),
    ]


def test_rows_beyond_the_last_are_left_out():
    assert len(drawn(*[COLUMNS] * (MAX_ROWS + 3))) == COLUMNS * MAX_ROWS


@pytest.mark.parametrize("shape", [(8, 8, 1), (30, 10, 3), (10, 30, 3)])
def test_images_of_every_shape_are_drawn_in_their_proportions(shape):
    figure = group_sheet("Copies", "there are some", groups(2, shape=shape)).figure()
    for image in figure.axes[0].get_images():
        left, right, bottom, top = image.get_extent()
        assert (right - left) / (bottom - top) == pytest.approx(shape[1] / shape[0])


def test_a_sheet_without_images_says_what_was_found():
    sheet = group_sheet("Copies", "there are none", [])

    assert sheet.note == "there are none"
    assert render(sheet, "png").startswith(b"\x89PNG")


def test_a_caption_is_cut_where_the_next_image_begins():
    long = [[CaptionedImage(np.zeros((8, 8, 1), np.uint8), ["train 1", "W" * 60])] * 2]
    figure = group_sheet("Copies", "there are some", long).figure()
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)

    first, second = figure.axes[0].texts
    assert first.get_window_extent(renderer).x1 <= second.get_window_extent(renderer).x0
    assert first.get_text().endswith("W…")


def test_a_name_without_a_font_is_known_as_such():
    assert are_readable(["naïve قطة, Ελλάδα"])
    assert not are_readable(["\U00012000"])  # cuneiform
