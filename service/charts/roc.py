"""ROC curves, one class against the rest."""

import functools
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from service.analysis.formats import auc_words
from service.analysis.results import ComparisonResults, Run
from service.charts import charts
from service.charts.drawing.chart import Chart, Panel, Series
from service.charts.drawing.grid import grid_chart
from service.charts.drawing.scales import log_scale, percent
from service.charts.drawing.style import style_of

MIN_RATE = 1e-4  # of false positives that is drawn: one in ten thousand
OTHERS = "#BBBBBB"


@charts.register
def roc(results: ComparisonResults) -> Chart:
    """ROC curves, one class against the rest.

    For every class, how many of its test images are found (up) against how many others are taken for
    it (right, log scale). Grey: all classes; in colour and named: that of the lowest AUC. First training.
    """
    runs = [_first_finished(results, name) for name in results.with_results]
    curves_of_runs = [_curves(run) for run in runs]
    left_ends = [_left_end(curve) for curves in curves_of_runs for curve in curves]
    lowest = min(left_ends, default=1.0)
    bottom = max(0.0, lowest // 0.1 / 10 - 0.1)
    panels = [
        Panel(
            _series(curves, style_of(results, run.architecture).colour),
            title=_title(run, curves),
            x="false positives",
            y="" if index else "true positives",
            grid="both",
            decorate=functools.partial(_decorate, bottom=bottom),
        )
        for index, (run, curves) in enumerate(zip(runs, curves_of_runs, strict=True))
    ]
    return grid_chart(panels, aspect=0.85, sharex=True, sharey=True)


def _first_finished(results: ComparisonResults, name: str) -> Run:
    return next(run for run in results.runs_of(name) if run.result is not None)


def _curves(run: Run) -> list[dict[str, Any]]:
    """The curves of the classes that have an AUC."""
    return [curve for curve in (run.result or {})["roc"] if curve["auc"] is not None]


def _worst(curves: list[dict[str, Any]]) -> dict[str, Any]:
    return min(curves, key=lambda curve: curve["auc"])


def _left_end(curve: dict[str, Any]) -> float:
    """The share that is found at the left end of the panel."""
    points = zip(curve["false_positive_rate"], curve["true_positive_rate"], strict=True)
    return float(max(true for false, true in points if false <= MIN_RATE))


def _series(curves: list[dict[str, Any]], colour: str) -> list[Series]:
    """One line for each class: that of the lowest AUC in colour, the others grey."""
    series = []
    for curve in curves:
        is_worst = curve is _worst(curves)
        style = {
            "color": colour if is_worst else OTHERS,
            "linewidth": 1.8 if is_worst else 0.8,
            "zorder": 3 if is_worst else 2,
        }
        rates = np.maximum(curve["false_positive_rate"], MIN_RATE)
        series.append(Series(curve["name"], rates, curve["true_positive_rate"], style))
    return series


def _title(run: Run, curves: list[dict[str, Any]]) -> str:
    """Name and AUC, and the class that is found worst: in the panel its name would cover a curve."""
    auc = (run.result or {})["macro_auc"]
    words = f"macro AUC {auc_words(auc)}" if auc is not None else "no class has an AUC"
    if curves:
        worst = _worst(curves)
        words += f"\nlowest: {worst['name']}, {auc_words(worst['auc'])}"
    return f"{run.name}\n{words}"


def _decorate(axes: Axes, bottom: float) -> None:
    log_scale(axes, "x", text=lambda rate: f"{100 * rate:g} %")
    axes.set_xlim(MIN_RATE, 1)
    axes.set_ylim(bottom, 1.01)
    percent(axes)
