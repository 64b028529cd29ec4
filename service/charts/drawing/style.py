"""How every chart looks: colours a colour-blind reader can tell apart, one footer, labels on the lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from service.analysis.results import ComparisonResults

# Okabe & Ito 2008, without the yellow that vanishes on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)))  # the colours again, told apart by dashes
MARKERS = "osD^vP*X"
INK, FAINT, GRID = "#222222", "#666666", "#E5E5E5"
SMALL, NORMAL, LARGE = 9, 10, 13
NOTE = "note"  # what an empty figure says
WIDTH = 10.0  # inches, at 120 dots each


@dataclass(frozen=True)
class Look:
    """How one architecture is drawn, on every chart of a comparison alike."""

    colour: str
    dash: Any
    marker: str


def look(results: ComparisonResults, architecture: str) -> Look:
    """The look of an architecture, by its place in the comparison."""
    index = results.architectures.index(architecture)
    lap, colour = divmod(index, len(COLOURS))
    return Look(COLOURS[colour], DASHES[lap % len(DASHES)], MARKERS[(index + lap) % len(MARKERS)])


def new_figure(results: ComparisonResults, title: str, *, height: float) -> Figure:
    """An empty figure with the title above and, below, what the numbers rest on."""
    figure = Figure(figsize=(WIDTH, height), dpi=120, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)  # type: ignore[union-attr, call-arg]
    figure.suptitle(title, x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold")
    figure.supxlabel(footer(results), x=0.01, ha="left", fontsize=SMALL, color=FAINT)
    return figure


def footer(results: ComparisonResults) -> str:
    """What was done, on what, how often."""
    recipe, result = results.recipe, results.any_result
    return (
        f"{results.dataset}  ·  n = {results.seeds_in_words}  ·  {recipe['epochs']}"
        f" epochs, {recipe['optimizer']} {recipe['learning_rate']:g}, batch {recipe['batch_size']}"
        f"  ·  recipe {results.recipe_hash}  ·  {result['device_name']}"
    )


def say(figure: Figure, words: str) -> None:
    """Why there is nothing to see, in a figure that would be empty."""
    for axes in figure.axes:
        axes.set_visible(False)
    figure.set_figheight(1.6)
    figure.text(0.01, 0.5, words, fontsize=NORMAL, color=FAINT, va="center", gid=NOTE)


def tidy(axes: Axes, *, grid: str = "y") -> None:
    """Leave only what carries meaning: two spines, a faint grid, small ticks."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#AAAAAA")
    axes.tick_params(labelsize=SMALL, colors=FAINT, length=3, width=0.6)
    axes.tick_params(which="minor", length=0)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=GRID, linewidth=0.8)  # type: ignore[arg-type]
    axes.title.set_fontsize(NORMAL)
    axes.title.set_color(INK)


def panel_title(axes: Axes, text: str) -> None:
    """A title over one panel, at its left."""
    axes.set_title(text, loc="left", fontsize=NORMAL, color=INK)


def percent(axes: Axes, which: str = "y") -> None:
    """Shares as percent on an axis."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g} %"))


def duration(seconds: float, *, digits: int = 3) -> str:
    """Seconds with so many significant digits, in the unit that suits them."""
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1 or unit == "µs":
            number = f"{seconds * scale:#.{digits}g}" if digits > 1 else f"{seconds * scale:g}"
            return number.removesuffix(".") + f" {unit}"
    return ""


class LineEnd(NamedTuple):
    """Where a line ends, in data coordinates, and what it is."""

    x: float
    y: float
    text: str
    colour: str


def label_ends(axes: Axes, ends: Iterable[LineEnd]) -> None:
    """Name lines right of their ends, pushed apart where names would overlap."""
    axes.autoscale_view()
    transform = axes.transData - axes.transAxes
    placed = sorted(
        (float(transform.transform((x, y))[1]), text, colour) for x, y, text, colour in ends
    )
    heights = within(spread([one[0] for one in placed], line_height(axes)), line_height(axes))
    for (at, text, colour), y in zip(placed, heights, strict=True):
        axes.annotate(
            text,
            xy=(1.0, at),
            xytext=(1.03, y),
            xycoords="axes fraction",
            textcoords="axes fraction",
            fontsize=SMALL,
            color=colour,
            va="center",
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.6, "shrinkA": 1, "shrinkB": 0},
            annotation_clip=False,
        )


def line_height(axes: Axes) -> float:
    """A line of small text as a share of the height of a panel."""
    place = axes.get_subplotspec()
    rows = place.get_gridspec().nrows if place else 1
    figure = axes.get_figure(root=True)
    panel = (
        0.72 * (figure.get_figheight() if figure else 1.0) / rows
    )  # the rest is title, axis and footer
    return 1.35 * SMALL / 72 / panel


def within(heights: list[float], gap: float) -> list[float]:
    """Move sorted heights that are apart by `gap` up or down into 0 to 1, as far as there is room."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + gap if moved else gap / 2))
    top = 1 - gap / 2
    for index in reversed(range(len(moved))):
        moved[index], top = min(moved[index], top), min(moved[index], top) - gap
    return moved


def spread(heights: list[float], gap: float) -> list[float]:
    """Move sorted heights apart to at least `gap`, each as little as possible, centre kept."""
    blocks: list[tuple[float, int]] = []  # centre, members
    for height in heights:
        centre, members = height, 1
        while blocks and centre - blocks[-1][0] < gap * (members + blocks[-1][1]) / 2:
            before, count = blocks.pop()
            centre = (before * count + centre * members) / (count + members)
            members += count
        blocks.append((centre, members))
    return [
        centre + gap * (index - (members - 1) / 2)
        for centre, members in blocks
        for index in range(members)
    ]
