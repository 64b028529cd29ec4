"""Generalisation gap."""

from matplotlib.axes import Axes

from service.analysis.results import ComparisonResults, Run
from service.charts import charts
from service.charts.drawing.chart import Chart
from service.charts.drawing.curves import curve_panel
from service.charts.drawing.scales import percent
from service.charts.drawing.style import AXIS


@charts.register
def generalisation_gap(results: ComparisonResults) -> Chart:
    """Generalisation gap.

    How much better a network does on the images it learns from than on test images, after each
    epoch: a gap that keeps growing points to learning by heart. Line: mean over trainings; band: one std.
    """
    loss = curve_panel(results, _loss_gap, title="test loss − train loss", scale=_draw_zero)
    accuracy = curve_panel(
        results, _accuracy_gap, title="train accuracy − test accuracy", scale=_draw_zero_percent
    )
    return Chart([loss, accuracy], height=4.2, subplots={"sharex": True})


def _draw_zero(axes: Axes) -> None:
    axes.axhline(0, color=AXIS, linewidth=0.8)


def _draw_zero_percent(axes: Axes) -> None:
    _draw_zero(axes)
    percent(axes)


def _loss_gap(run: Run) -> list[float]:
    pairs = zip(run.curve("train_loss"), run.curve("test_loss"), strict=True)
    return [test - train for train, test in pairs]


def _accuracy_gap(run: Run) -> list[float]:
    pairs = zip(run.curve("train_accuracy"), run.curve("test_accuracy"), strict=True)
    return [train - test for train, test in pairs]
