"""Learning curves."""

from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.curves import draw_curves, log_ticks, metric
from service.charts.drawing.style import (
    FAINT,
    SMALL,
    LineEnd,
    label_ends,
    new_figure,
    panel_title,
    percent,
    tidy,
)

SPLITS = ("train", "validation", "test")


@charts.register
def learning_curves(results: ComparisonResults) -> Figure:
    """Learning curves.

    Loss (log scale) and accuracy after each epoch, on the images a network learns from and on those
    it has never seen. Line: mean over seeds; band: one standard deviation.
    """
    figure = new_figure(results, "Learning curves", height=6.4)
    panels = figure.subplots(2, 3, sharex=True, sharey="row")
    ends: list[list[LineEnd]] = []
    for column, split in enumerate(SPLITS):
        loss, accuracy = panels[0][column], panels[1][column]
        log_ticks(loss)
        ends = [
            draw_curves(loss, results, metric(f"{split}_loss")),
            draw_curves(accuracy, results, metric(f"{split}_accuracy")),
        ]
        panel_title(loss, f"{split} loss")
        panel_title(accuracy, f"{split} accuracy")
        accuracy.set_xlabel("epoch", fontsize=SMALL, color=FAINT)
        tidy(loss)
        tidy(accuracy)
    percent(panels[1][0])
    for axes, of_test in zip(panels[:, -1], ends, strict=True):  # limits are now those of the row
        label_ends(axes, of_test)
    return figure
