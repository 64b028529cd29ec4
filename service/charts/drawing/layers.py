"""Charts of a number that every layer has after every epoch, from the first layer to the last."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from service.analysis.gradient_health import flags_of, layers_of
from service.analysis.results import ComparisonResults, Run
from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.grid import grid_chart
from service.charts.drawing.scales import log_scale, percent
from service.charts.drawing.style import COLOURS, FAINT, SMALL

MAX_LINES = 5  # epochs that are drawn, first and last among them
MAX_NAMES = 14  # layers that are named below a panel
FAINTEST = 0.3  # the first epoch; the last is opaque, in both themes


@dataclass(frozen=True)
class LayerMetric:
    """What is drawn: the metric's prefix, and what its axis is called."""

    prefix: str
    axis: str
    is_share: bool = False  # drawn from 0 to 100 %, else on a log scale


def layer_chart(results: ComparisonResults, metric: LayerMetric) -> Chart:
    """A panel for each architecture, a line for some of its epochs; its first training."""
    runs = [run for name in results.architectures if (run := _run(results, name, metric))]
    if not runs:
        return Chart(note="no training has kept this number")
    lines = [_lines(run, metric) for run in runs]
    most = max(map(len, lines))
    with_legend = next(index for index, drawn in enumerate(lines) if len(drawn) == most)
    panels = [
        Panel(
            lines[index],
            title=_title(results, run, metric),
            y=metric.axis if index == 0 else "",
            decorate=functools.partial(
                _decorate,
                layers=layers_of(run, metric.prefix),
                metric=metric,
                has_legend=index == with_legend,
            ),
        )
        for index, run in enumerate(runs)
    ]
    return grid_chart(panels, aspect=0.8, sharey=True)  # so that networks can be compared


def _run(results: ComparisonResults, name: str, metric: LayerMetric) -> Run | None:
    measured = [run for run in results.runs_of(name) if layers_of(run, metric.prefix)]
    finished = [run for run in measured if run.result is not None]
    return next(iter(finished or measured), None)


def _title(results: ComparisonResults, run: Run, metric: LayerMetric) -> str:
    """Architecture, seed and fold, and the first layer that is flagged: two would run into the next panel."""
    flags = flags_of(results, run.architecture, metric.prefix)
    words = f"{flags[0].kind}: {flags[0].layer}" if flags else "nothing stands out"
    more = f" and {len(flags) - 1} more" if len(flags) > 1 else ""
    order = "" if run.result else ", in order of name"  # known when the training has ended
    return f"{run.name}{order}\n{words}{more}"


def _lines(run: Run, metric: LayerMetric) -> list[Series]:
    curves = [run.curve(metric.prefix + layer) for layer in layers_of(run, metric.prefix)]
    num_epochs = len(curves[0])
    count = min(num_epochs, MAX_LINES)
    shown = sorted({round(i * (num_epochs - 1) / max(1, count - 1)) for i in range(count)})
    lines = []
    for position, epoch in enumerate(shown):
        age = 1 - position / (len(shown) - 1) if len(shown) > 1 else 0
        values = [curve[epoch] for curve in curves]
        style = {
            "color": COLOURS[0],
            "alpha": 1 - (1 - FAINTEST) * age,
            "marker": "o" if len(curves) <= MAX_NAMES else None,
            "markersize": 3.5,
            "linewidth": 1.6,
        }
        drawn = [value if value > 0 or metric.is_share else math.nan for value in values]
        lines.append(Series(f"epoch {epoch + 1}", range(len(curves)), drawn, style))
    return lines


def _decorate(axes: Axes, *, layers: Sequence[str], metric: LayerMetric, has_legend: bool) -> None:
    if metric.is_share:
        axes.set_ylim(-0.03, 1.03)
        percent(axes)
    else:
        log_scale(axes)
    axes.tick_params(labelleft=True)  # of every panel: the scale is shared
    every = max(1, math.ceil(len(layers) / MAX_NAMES))
    ticks = range(0, len(layers), every)
    axes.set_xticks(ticks, [layers[tick] for tick in ticks], rotation=90)
    if has_legend:
        axes.figure.legend(
            handles=axes.lines,
            loc="outside upper right",
            ncols=MAX_LINES,
            fontsize=SMALL,
            frameon=False,
            labelcolor=FAINT,
        )
