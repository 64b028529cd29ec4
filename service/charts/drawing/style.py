"""How every chart looks: colours a colour-blind reader can tell apart, sizes, axes with little ink."""

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from service.analysis.results import ComparisonResults

# Okabe & Ito 2008, without the yellow that vanishes on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)))  # the colours again, told apart by dashes
MARKERS = "osD^vP*X"
INK, FAINT, GRID, AXIS = "#222222", "#666666", "#E5E5E5", "#AAAAAA"
SMALL, NORMAL, LARGE = 9, 10, 13  # points
WIDTH = 10.0  # inches, at 120 dots each


@dataclass(frozen=True)
class ArchitectureStyle:
    """How one architecture is drawn, on every chart of a comparison alike."""

    colour: str
    dash: Any
    marker: str


def style_of(results: ComparisonResults, architecture: str) -> ArchitectureStyle:
    """The style of an architecture, by its place in the comparison."""
    index = results.architectures.index(architecture)
    lap, colour = divmod(index, len(COLOURS))
    marker = MARKERS[(index + lap) % len(MARKERS)]
    return ArchitectureStyle(COLOURS[colour], DASHES[lap % len(DASHES)], marker)


def marks(marker: str, size: float, colour: str, *, face: str | None = None) -> dict[str, Any]:
    """Keyword arguments of `Axes.plot` for marks without a line; `face` fills them."""
    return {
        "linestyle": "",
        "marker": marker,
        "markersize": size,
        "color": colour,
        "markerfacecolor": face or colour,
    }


def style_axes(axes: Axes, *, grid: str = "y") -> None:
    """Leave only what carries meaning: two spines, small ticks, and a faint grid for one axis or `both`."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(AXIS)
    axes.tick_params(labelsize=SMALL, colors=FAINT, length=3, width=0.6)
    axes.tick_params(which="minor", length=0)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=GRID, linewidth=0.8)  # type: ignore[arg-type]


def panel_title(axes: Axes, text: str, **placement: Any) -> None:
    """A title over one panel, at its left."""
    axes.set_title(text, loc="left", fontsize=NORMAL, color=INK, **placement)
