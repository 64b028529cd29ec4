"""Charts with one row for each architecture, best or first at the top."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes

from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.style import INK, NORMAL

ROW_HEIGHT = 0.52  # inches
FRAME_HEIGHT = 1.5  # title, axis and footer


def row_chart(
    rows: Sequence[tuple[str, str]],
    series: Sequence[Series],
    *,
    x: str,
    decorate: Callable[[Axes], object],
    title: str = "",
) -> Chart:
    """A chart of one panel: each row has a name at its left and a text at its right."""

    def finish(axes: Axes) -> None:
        name_rows(axes, [name for name, _ in rows])
        decorate(axes)
        _write_right(axes, [text for _, text in rows])

    panel = Panel(series, x=x, grid="x", decorate=finish)
    return Chart([panel], height_for(len(rows)), title=title)


def height_for(num_rows: int) -> float:
    """The height of a figure with so many rows, in inches."""
    return FRAME_HEIGHT + ROW_HEIGHT * max(2, num_rows)


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """One row for each name, the first at the top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", labelsize=NORMAL, colors=INK, length=0)


def _write_right(axes: Axes, texts: Sequence[str]) -> None:
    for row, text in enumerate(texts):
        axes.annotate(
            text,
            xy=(1.02, row),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=NORMAL,
            color=INK,
            annotation_clip=False,
        )
