"""Gradient flow."""

import math

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults, Run
from service.charts import charts
from service.charts.curves import log_ticks
from service.charts.grid import grid
from service.charts.style import FAINT, SMALL, panel_title, tidy

PREFIX = "gradient_norm/"
MOST_LINES = 5  # epochs that are drawn, first and last among them
MOST_NAMES = 14  # layers that are named below a panel


@charts.register
def gradient_flow(results: ComparisonResults) -> Figure:
    """Gradient flow.

    The gradient's L2 norm in every layer (log scale), from the first layer to the last: root mean
    square over steps of an epoch. A line that falls steeply to the left is a gradient that vanishes;
    one that climbs there explodes. Light: first epoch; dark: last. First seed.
    """
    names = [name for name in results.architectures if _run(results, name)]
    figure, panels = grid(results, "Gradient flow", names, aspect=0.8, share=False)
    for axes, name in zip(panels, names, strict=True):
        run = _run(results, name)
        if run:
            _draw(axes, run)
            panel_title(axes, f"{name}, seed {run.seed}")
        tidy(axes)
    if panels:
        lows, highs = zip(*(axes.get_ylim() for axes in panels), strict=True)
        for axes in panels:  # one scale, so that networks can be compared
            axes.set_ylim(min(lows), max(highs))
        panels[0].set_ylabel("gradient norm, log scale", fontsize=SMALL, color=FAINT)
        lines = max((axes.lines for axes in panels), key=len)
        figure.legend(
            handles=list(lines),
            loc="upper right",
            ncols=MOST_LINES,
            fontsize=SMALL,
            frameon=False,
            labelcolor=FAINT,
        )
    return figure


def _run(results: ComparisonResults, name: str) -> Run | None:
    with_gradients = [run for run in results.of(name) if _layers(run)]
    finished = [run for run in with_gradients if run.result is not None]
    return next(iter(finished or with_gradients), None)


def _layers(run: Run) -> list[str]:
    """The layers to draw, first to last; batch norm follows the layer it belongs to and is left out."""
    measured = [name.removeprefix(PREFIX) for name in run.epochs if name.startswith(PREFIX)]
    if run.result is None:
        return measured
    order = [one["name"] for one in run.result["layers"] if "Norm" not in one["kind"]]
    return [name for name in order if name in measured]


def _draw(axes: Axes, run: Run) -> None:
    layers = _layers(run)
    num_epochs = len(run.curve(PREFIX + layers[0]))
    count = min(num_epochs, MOST_LINES)
    shown = sorted({round(i * (num_epochs - 1) / max(1, count - 1)) for i in range(count)})
    log_ticks(axes)
    for position, epoch in enumerate(shown):
        norms = [run.curve(PREFIX + layer)[epoch] for layer in layers]
        shade = 0.25 + 0.75 * (position + 1) / len(shown)
        axes.plot(
            range(len(layers)),
            [norm if norm > 0 else math.nan for norm in norms],
            color=colormaps["Blues"](shade),
            marker="o" if len(layers) <= MOST_NAMES else None,
            markersize=3.5,
            linewidth=1.6,
            label=f"epoch {epoch + 1}",
        )
    every = max(1, math.ceil(len(layers) / MOST_NAMES))
    ticks = range(0, len(layers), every)
    axes.set_xticks(ticks, [layers[tick] for tick in ticks], rotation=90)
