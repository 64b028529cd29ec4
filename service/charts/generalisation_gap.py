"""Generalisation gap."""

from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults, Run
from service.charts import charts
from service.charts.drawing.curves import draw_curves
from service.charts.drawing.style import (
    FAINT,
    SMALL,
    label_ends,
    new_figure,
    panel_title,
    percent,
    tidy,
)


@charts.register
def generalisation_gap(results: ComparisonResults) -> Figure:
    """Generalisation gap.

    How much better a network does on the images it learns from than on test images, after each
    epoch: a gap that keeps growing points to learning by heart. Line: mean over seeds; band: one std.
    """
    figure = new_figure(results, "Generalisation gap", height=4.2)
    loss, accuracy = figure.subplots(1, 2, sharex=True)
    ends = {
        loss: draw_curves(loss, results, _loss_gap),
        accuracy: draw_curves(accuracy, results, _accuracy_gap),
    }
    panel_title(loss, "test loss − train loss")
    panel_title(accuracy, "train accuracy − test accuracy")
    percent(accuracy)
    for axes, ends_of_it in ends.items():
        axes.axhline(0, color="#AAAAAA", linewidth=0.8)
        axes.set_xlabel("epoch", fontsize=SMALL, color=FAINT)
        tidy(axes)
        label_ends(axes, ends_of_it)
    return figure


def _loss_gap(run: Run) -> list[float]:
    pairs = zip(run.curve("train_loss"), run.curve("test_loss"), strict=True)
    return [test - train for train, test in pairs]


def _accuracy_gap(run: Run) -> list[float]:
    pairs = zip(run.curve("train_accuracy"), run.curve("test_accuracy"), strict=True)
    return [train - test for train, test in pairs]
