"""A chart: plain data first, which the JSON lists, and the figure that is drawn from it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from service.charts.drawing.style import (
    FAINT,
    INK,
    LARGE,
    NORMAL,
    SMALL,
    WIDTH,
    panel_title,
    style_axes,
)

NOTE_HEIGHT = 1.6  # inches, of a figure that only says why it is empty


@dataclass(frozen=True)
class Series:
    """Points (x, y) under one label; NaN where there is no finite number.

    `style` holds keyword arguments of `Axes.plot`; None where the panel shows the points in a way of
    its own. `band` is the lower and upper edge of an interval around y.
    """

    label: str
    x: ArrayLike
    y: ArrayLike
    style: Mapping[str, Any] | None
    band: tuple[ArrayLike, ArrayLike] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What the JSON lists."""
        return {"label": self.label, "x": _to_json(self.x), "y": _to_json(self.y)}

    def draw(self, axes: Axes) -> None:
        """Plot the points, and shade the band around them."""
        if self.style is not None:
            axes.plot(self.x, self.y, label=self.label, **self.style)
        if self.band and self.style:
            axes.fill_between(
                self.x, *self.band, color=self.style["color"], alpha=0.15, linewidth=0
            )


@dataclass(frozen=True)
class Panel:
    """One pair of axes: its title, what x and y are, and what is drawn in it."""

    series: Sequence[Series] = ()
    title: str = ""
    x: str = ""
    y: str = ""
    matrices: Sequence[ArrayLike] = ()
    grid: str = "y"  # lines for this axis: x, y, both, or none where it is empty
    decorate: Callable[[Axes], object] = lambda _: None  # draws whatever the series are not

    @property
    def data(self) -> dict[str, Any]:
        """What the JSON lists; `matrices` only where there are some."""
        matrices = {"matrices": [_to_json(matrix) for matrix in self.matrices]}
        return {
            "title": self.title,
            "x": self.x,
            "y": self.y,
            "series": [series.data for series in self.series],
            **(matrices if self.matrices else {}),
        }

    def draw(self, axes: Axes) -> None:
        """Draw all but the decoration."""
        panel_title(axes, self.title)
        axes.set_xlabel(self.x, fontsize=SMALL, color=FAINT)
        axes.set_ylabel(self.y, fontsize=SMALL, color=FAINT)
        style_axes(axes, grid=self.grid)
        for series in self.series:
            series.draw(axes)


@dataclass(frozen=True)
class Chart:
    """Panels in rows of `columns` (by default one row), or a note that says why there are none.

    `height` is in inches, `subplots` holds keyword arguments of `Figure.subplots`. The title defaults
    to that of the registry, which sets the footer, too.
    """

    panels: Sequence[Panel] = ()
    height: float = NOTE_HEIGHT
    columns: int | None = None
    subplots: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    title: str = ""
    footer: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """What is drawn, as JSON; `note` only where there is nothing to draw."""
        note = {"note": self.note} if self.note else {}
        return {"panels": [panel.data for panel in self.panels], **note}

    def figure(self) -> Figure:
        """The figure in light colours: title above, footer below, panels between."""
        figure = Figure(figsize=(WIDTH, self.height), dpi=120, layout="constrained")
        figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)  # type: ignore[union-attr, call-arg]
        figure.suptitle(self.title, x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold")
        figure.supxlabel(self.footer, x=0.01, ha="left", fontsize=SMALL, color=FAINT)
        if self.note:
            figure.subplots().set_visible(False)  # without axes the layout leaves the title alone
            figure.text(0.01, 0.5, self.note, fontsize=NORMAL, color=FAINT, va="center")
        else:
            self._draw_panels(figure)
        return figure

    def _draw_panels(self, figure: Figure) -> None:
        columns = self.columns or len(self.panels)
        rows = math.ceil(len(self.panels) / columns)
        grid = figure.subplots(rows, columns, squeeze=False, **self.subplots).flatten()
        for unused in grid[len(self.panels) :]:
            unused.set_visible(False)
        placed = list(zip(self.panels, grid, strict=False))
        for panel, axes in placed:
            panel.draw(axes)
        for panel, axes in placed:  # every shared scale has seen all its points by now
            panel.decorate(axes)


def _to_json(values: ArrayLike) -> Any:
    """Numbers as JSON has them: null for what is not finite."""
    return _null_unless_finite(np.asarray(values).tolist())


def _null_unless_finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_null_unless_finite(item) for item in value]
    return value if math.isfinite(value) else None
