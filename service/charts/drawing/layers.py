"""Charts of a number that every layer has after every epoch, from the first layer to the last."""

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from service.analysis.gradient_health import flags_of, layers_of
from service.analysis.results import ComparisonResults, Run
from service.charts.drawing.curves import log_ticks
from service.charts.drawing.grid import grid
from service.charts.drawing.style import COLOURS, FAINT, SMALL, panel_title, percent, say, tidy

MOST_LINES = 5  # epochs that are drawn, first and last among them
MOST_NAMES = 14  # layers that are named below a panel
FAINTEST = 0.3  # the first epoch; the last is opaque, on light ground and on dark


@dataclass(frozen=True)
class LayerMetric:
    """What is drawn: the metric's prefix, and what its axis is called."""

    prefix: str
    axis: str
    is_share: bool = False  # drawn from 0 to 100 %, else on a log scale


def draw_layers(results: ComparisonResults, title: str, metric: LayerMetric) -> Figure:
    """A panel for each architecture, a line for some of its epochs; its first seed."""
    runs = {name: run for name in results.architectures if (run := _run(results, name, metric))}
    figure, panels = grid(results, title, list(runs), aspect=0.8, share=False)
    for axes, (name, run) in zip(panels, runs.items(), strict=True):
        _draw(axes, run, metric)
        kinds = flags_of(results, name, metric.prefix)
        words = ", ".join(f"{flag.kind}: {flag.layer}" for flag in kinds[:2])
        more = f" and {len(kinds) - 2} more" if len(kinds) > 2 else ""  # noqa: PLR2004 - a line's worth
        order = "" if run.result else ", in order of name"  # known when the training has ended
        panel_title(axes, f"{name}, seed {run.seed}{order}\n{words + more or 'nothing stands out'}")
        tidy(axes)
    if panels:
        _align(figure, panels, metric)
    else:
        say(figure, "no training has kept this number")
    return figure


def _run(results: ComparisonResults, name: str, metric: LayerMetric) -> Run | None:
    measured = [run for run in results.of(name) if layers_of(run, metric.prefix)]
    finished = [run for run in measured if run.result is not None]
    return next(iter(finished or measured), None)


def _draw(axes: Axes, run: Run, metric: LayerMetric) -> None:
    layers = layers_of(run, metric.prefix)
    num_epochs = len(run.curve(metric.prefix + layers[0]))
    count = min(num_epochs, MOST_LINES)
    shown = sorted({round(i * (num_epochs - 1) / max(1, count - 1)) for i in range(count)})
    if not metric.is_share:
        log_ticks(axes)
    for position, epoch in enumerate(shown):
        values = [run.curve(metric.prefix + layer)[epoch] for layer in layers]
        age = 1 - position / (len(shown) - 1) if len(shown) > 1 else 0
        axes.plot(
            range(len(layers)),
            [value if value > 0 or metric.is_share else math.nan for value in values],
            color=COLOURS[0],
            alpha=1 - (1 - FAINTEST) * age,
            marker="o" if len(layers) <= MOST_NAMES else None,
            markersize=3.5,
            linewidth=1.6,
            label=f"epoch {epoch + 1}",
        )
    every = max(1, math.ceil(len(layers) / MOST_NAMES))
    ticks = range(0, len(layers), every)
    axes.set_xticks(ticks, [layers[tick] for tick in ticks], rotation=90)


def _align(figure: Figure, panels: list[Axes], metric: LayerMetric) -> None:
    """One scale for all, so that networks can be compared, and one legend."""
    if metric.is_share:
        for axes in panels:
            axes.set_ylim(-0.03, 1.03)
            percent(axes)
    else:
        lows, highs = zip(*(axes.get_ylim() for axes in panels), strict=True)
        for axes in panels:
            axes.set_ylim(min(lows), max(highs))
    panels[0].set_ylabel(metric.axis, fontsize=SMALL, color=FAINT)
    lines = max((axes.lines for axes in panels), key=len)
    figure.legend(
        handles=list(lines),
        loc="outside upper right",
        ncols=MOST_LINES,
        fontsize=SMALL,
        frameon=False,
        labelcolor=FAINT,
    )
