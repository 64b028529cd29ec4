"""Charts with one panel for each architecture, three to a row."""

import math
from collections.abc import Sequence
from typing import Any

from service.charts.drawing.chart import Chart, Panel
from service.charts.drawing.style import WIDTH

MAX_COLUMNS = 3


def grid_chart(panels: Sequence[Panel], *, aspect: float, **subplots: Any) -> Chart:
    """Panels `aspect` times as high as wide; `subplots` says what they share."""
    columns = min(len(panels), MAX_COLUMNS)
    rows = math.ceil(len(panels) / columns)
    height = 1.1 + rows * (0.35 + aspect * (WIDTH - 0.6) / max(columns, 2))
    return Chart(panels, height, columns, subplots)


def is_first_of_row(index: int) -> bool:
    """Whether the panel with this index stands at the left edge of the grid."""
    return index % MAX_COLUMNS == 0
