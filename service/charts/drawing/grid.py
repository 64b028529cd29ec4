"""Charts with one panel for each architecture."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults
from service.charts.drawing.style import WIDTH, new_figure

MOST_COLUMNS = 3


def grid(
    results: ComparisonResults, title: str, names: list[str], *, aspect: float, share: bool
) -> tuple[Figure, list[Axes]]:
    """A figure with a panel for each name, `aspect` times as high as wide."""
    columns = min(max(len(names), 1), MOST_COLUMNS)
    rows = max(1, math.ceil(len(names) / columns))
    wide = max(columns, 2)
    figure = new_figure(results, title, height=1.1 + rows * (0.35 + aspect * (WIDTH - 0.6) / wide))
    panels = figure.subplots(rows, columns, sharex=share, sharey=share, squeeze=False).flatten()
    for empty in panels[len(names) :]:
        empty.set_visible(False)
    return figure, list(panels[: len(names)])
