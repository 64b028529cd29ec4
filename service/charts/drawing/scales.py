"""Scales and the texts at their ticks: percent, seconds, and logarithms that can be read."""

from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

NARROW = 5  # highest over lowest, below which a log scale has the ticks of a linear one
WIDE = 2000  # highest over lowest, from which only powers of ten have ticks


class ReadableLogLocator(LogLocator):
    """Ticks at 1, 2 and 5 of every decade; round numbers on a narrow scale, powers of ten on a wide one.

    matplotlib's own has one set of digits: with 1, 2 and 5 it puts 20 ticks on six decades, and none
    on ten.
    """

    def __init__(self, wide: float) -> None:
        super().__init__()
        self._wide = wide

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """The ticks of an axis from `vmin` to `vmax`."""
        if 0 < vmin < vmax < NARROW * vmin:
            return MaxNLocator(nbins=5).tick_values(vmin, vmax)
        self.set_params(subs=(1.0, 2.0, 5.0) if vmax < self._wide * vmin else (1.0,))
        return super().tick_values(vmin, vmax)


def log_scale(
    axes: Axes,
    which: str = "y",
    *,
    text: Callable[[float], str] = "{:g}".format,
    wide: float = WIDE,
) -> None:
    """Make one axis logarithmic, with `text` at its ticks."""
    axes.set(**{f"{which}scale": "log"})
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(ReadableLogLocator(wide))
    axis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))
    axis.set_minor_locator(NullLocator())


def percent(axes: Axes, which: str = "y") -> None:
    """Write shares as percent on one axis."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g} %"))
