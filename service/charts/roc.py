"""ROC curves."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from service.analysis.results import ComparisonResults
from service.analysis.summary import auc_words
from service.charts import charts
from service.charts.drawing.grid import grid
from service.charts.drawing.style import FAINT, SMALL, look, panel_title, percent, tidy

LEAST_RATE = 1e-4  # of false positives that is drawn: one in ten thousand


@charts.register
def roc(results: ComparisonResults) -> Figure:
    """ROC curves, one class against the rest.

    For every class, how many of its test images are found (up) against how many others are taken for
    it (right, log scale). Grey: all classes; in colour and named: the one with the lowest AUC. First seed.
    """
    names = results.with_results
    figure, panels = grid(
        results, "ROC curves, one class against the rest", names, aspect=0.85, share=True
    )
    lowest = []
    for axes, name in zip(panels, names, strict=True):
        run = next(run for run in results.of(name) if run.result is not None)
        result = run.result or {}
        lowest.append(_draw(axes, result, look(results, name).colour))
        auc = result["macro_auc"]
        words = f"macro AUC {auc_words(auc)}" if auc is not None else "no class has an AUC"
        panel_title(axes, f"{name}, seed {run.seed}\n{words}{_lowest(result)}")
        tidy(axes, grid="both")
        axes.set_xscale("log")
        axes.set_xlim(LEAST_RATE, 1)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda rate, _: f"{100 * rate:g} %"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel("false positives", fontsize=SMALL, color=FAINT)
        percent(axes)
    if panels:
        panels[0].set_ylim(max(0.0, min(lowest) // 0.1 / 10 - 0.1), 1.01)
        panels[0].set_ylabel("true positives", fontsize=SMALL, color=FAINT)
    return figure


def _draw(axes: Axes, result: dict[str, Any], colour: str) -> float:
    """Draw every class; returns the lowest share that is found at the left end."""
    curves = [curve for curve in result["roc"] if curve["auc"] is not None]
    if not curves:
        return 1.0
    worst = _worst(curves)
    lowest = 1.0
    for curve in curves:
        points = zip(curve["false_positive_rate"], curve["true_positive_rate"], strict=True)
        at_least = max(found for rate, found in points if rate <= LEAST_RATE)
        lowest = min(lowest, at_least)
        x = [max(rate, LEAST_RATE) for rate in curve["false_positive_rate"]]
        is_worst = curve is worst
        axes.plot(
            x,
            curve["true_positive_rate"],
            color=colour if is_worst else "#BBBBBB",
            linewidth=1.8 if is_worst else 0.8,
            zorder=3 if is_worst else 2,
            label=curve["name"],
        )
    return lowest


def _worst(curves: list[dict[str, Any]]) -> dict[str, Any]:
    return min(curves, key=lambda curve: curve["auc"])


def _lowest(result: dict[str, Any]) -> str:
    """The class that is found worst, for a title: there it covers no curve."""
    curves = [curve for curve in result["roc"] if curve["auc"] is not None]
    if not curves:
        return ""
    worst = _worst(curves)
    return f"\nlowest: {worst['name']}, {auc_words(worst['auc'])}"
